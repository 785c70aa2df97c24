import { assertEquals, assertRejects } from "@std/assert";
import { listDataset } from "../../pipeline/dataset/dataset_source.ts";
import { DatasetError } from "../../pipeline/errors.ts";
import { MemoryStore } from "../support/memory_store.ts";

Deno.test("listDataset() lists a folder with sizes and times", async () => {
  const store = new MemoryStore({
    "train/rose/a.jpg": "12345",
    "train/daisy/b.jpg": "1",
    "test/rose/c.jpg": "",
    "train/rose/notes.txt": "x",
  });
  const listing = await listDataset({ store, origin: "photos" });
  const { declaredClasses, otherFiles } = listing;
  assertEquals({ candidates: [...listing], declaredClasses, otherFiles }, {
    candidates: [
      {
        path: "test/rose/c.jpg",
        className: "rose",
        split: "test",
        sizeBytes: 0,
        modifiedMs: 0,
      },
      {
        path: "train/daisy/b.jpg",
        className: "daisy",
        split: "train",
        sizeBytes: 1,
        modifiedMs: 0,
      },
      {
        path: "train/rose/a.jpg",
        className: "rose",
        split: "train",
        sizeBytes: 5,
        modifiedMs: 0,
      },
    ],
    declaredClasses: new Map([
      ["test", new Set(["rose"])],
      ["train", new Set(["daisy", "rose"])],
    ]),
    otherFiles: ["train/rose/notes.txt"],
  });
});

Deno.test("listDataset() lists a list file, and marks what is not there", async () => {
  const store = new MemoryStore({
    "l.csv": "path,label\na.jpg,rose\ngone.jpg,daisy\n",
    "a.jpg": "123",
  });
  const listing = await listDataset({ store, list: "l.csv", origin: "l.csv" });
  assertEquals([...listing], [
    {
      path: "a.jpg",
      className: "rose",
      split: undefined,
      sizeBytes: 3,
      modifiedMs: 0,
    },
    {
      path: "gone.jpg",
      className: "daisy",
      split: undefined,
      sizeBytes: -1,
      modifiedMs: 0,
    },
  ]);
});

Deno.test("listDataset() refuses a list that is too large to be read", async () => {
  const store = new MemoryStore({ "l.csv": "path,label\n" });
  const entry = { path: "l.csv", sizeBytes: 2 ** 28 + 1, modifiedMs: 0 };
  store.stat = () => Promise.resolve(entry);
  await assertRejects(
    () => listDataset({ store, list: "l.csv", origin: "l.csv" }),
    DatasetError,
    'Cannot index "l.csv" as a list may have 268435456 bytes: it has 268435457',
  );
});

Deno.test("listDataset() throws when there is no such list", async () => {
  await assertRejects(
    () =>
      listDataset({ store: new MemoryStore(), list: "l.csv", origin: "l.csv" }),
    DatasetError,
    'Cannot index "l.csv": no such file',
  );
});

Deno.test.each<[string, Record<string, string>, string | undefined, string]>([
  ["an empty folder", {}, undefined, ""],
  [
    "a folder without class folders",
    { "a.jpg": "1" },
    undefined,
    ' in class folders, though there is "a.jpg"',
  ],
  [
    "a folder with a list",
    { "a.jpg": "1", "labels.csv": "" },
    undefined,
    ' in class folders, though there is a list to take instead, "labels.csv"',
  ],
  ["a list without rows", { "l.csv": "path,label\n" }, "l.csv", ""],
])("listDataset() throws when given %s", async (_, files, name, where) => {
  const store = new MemoryStore(files);
  const origin = name ?? "photos";
  const error = await assertRejects(
    () => listDataset({ store, list: name, origin }),
    DatasetError,
  );
  assertEquals(
    error.message,
    `Cannot index "${origin}" as it holds no images${where}: wanted <class>/<photo>, or train/<class>/<photo> with val/ or test/ beside it, or a list with columns path and label`,
  );
});
