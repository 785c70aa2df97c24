import { assertEquals, assertRejects } from "@std/assert";
import {
  type DatasetSource,
  listDataset,
} from "../../pipeline/dataset/dataset_source.ts";
import { DatasetError } from "../../pipeline/errors.ts";
import { MemoryStore } from "../support/memory_store.ts";

/** Lists a dataset as lines of path, class and split, with what a person is told. */
async function list(
  files: Record<string, string>,
  options: Partial<DatasetSource> = {},
) {
  const store = new MemoryStore(files);
  const listing = await listDataset({ store, origin: "photos", ...options });
  const rows = [...listing].map(({ path, className, split, sizeBytes }) =>
    `${path} ${className} ${split ?? "-"} ${sizeBytes}`
  );
  return { rows, notes: listing.notes };
}

Deno.test("listDataset() takes the lists of split folders, each relative to its folder", async () => {
  const { rows, notes } = await list({
    "train/metadata.csv": "file_name,label\n0001.jpg,rose\nimg/2.jpg,tulip\n",
    "train/0001.jpg": "1",
    "train/img/2.jpg": "12",
    "Testing/metadata.jsonl": '{"file_name":"1.jpg","label":"rose"}\n' +
      '{"file_name":"/elsewhere/2.jpg","label":"tulip"}\n',
    "Testing/1.jpg": "123",
  });
  assertEquals(rows, [
    "/elsewhere/2.jpg tulip test -1",
    "Testing/1.jpg rose test 3",
    "train/0001.jpg rose train 1",
    "train/img/2.jpg tulip train 2",
  ]);
  assertEquals(notes, []);
});

Deno.test.each<[string, Partial<DatasetSource>]>([
  ["its folder", {}],
  ["itself", { list: "metadata.csv", origin: "photos/metadata.csv" }],
])(
  "listDataset() given %s takes splits of the folders in the list",
  async (_, options) => {
    const { rows } = await list({
      "metadata.csv": "file_name,label\ntrain/1.jpg,a\nval/1.jpg,b\n",
      "train/1.jpg": "1",
      "val/1.jpg": "1",
    }, options);
    assertEquals(rows, ["train/1.jpg a train 1", "val/1.jpg b validation 1"]);
  },
);

Deno.test("listDataset() draws the splits of a list when one photo is in no split folder", async () => {
  const { rows } = await list({
    "metadata.csv": "file_name,label\ntrain/1.jpg,a\n2.jpg,b\n",
    "train/1.jpg": "1",
  });
  assertEquals(rows, ["2.jpg b - -1", "train/1.jpg a - 1"]);
});

Deno.test("listDataset() keeps the splits that the list of a folder names", async () => {
  const { rows } = await list({
    "metadata.csv":
      "file_name,label,split\ntrain/1.jpg,a,test\ntest/1.jpg,b,train\n",
  });
  assertEquals(rows, ["test/1.jpg b train -1", "train/1.jpg a test -1"]);
});

/** Photos in class folders, with a list beside them. */
const BOTH = {
  "metadata.csv": "file_name,kind\na/1.jpg,x\nb/1.jpg,y\n",
  "a/1.jpg": "1",
  "b/1.jpg": "1",
};

Deno.test("listDataset() takes class folders before a list, and says so", async () => {
  const { rows, notes } = await list(BOTH);
  assertEquals(rows, ["a/1.jpg a - 1", "b/1.jpg b - 1"]);
  assertEquals(notes, [
    'left alone: "metadata.csv", as folders name the classes; --label-column NAME takes the list',
  ]);
});

Deno.test("listDataset() takes the list of a folder when a column is named", async () => {
  const columns = { path: null, label: "kind", split: null };
  const { rows } = await list(BOTH, { columns });
  assertEquals(rows, ["a/1.jpg x - 1", "b/1.jpg y - 1"]);
});

Deno.test("listDataset() refuses a split folder without a list beside one that has a list", async () => {
  await assertRejects(
    () =>
      list({
        "train/metadata.csv": "file_name,label\n1.jpg,a\n",
        "train/1.jpg": "1",
        "val/1.jpg": "1",
      }),
    DatasetError,
    'Cannot index "photos" as each split folder must have a list if one has: there is "train/metadata.csv" and none in "val/"',
  );
});

Deno.test("listDataset() names the list of a folder that lacks a column", async () => {
  await assertRejects(
    () =>
      list({
        "train/metadata.jsonl": '{"file_name":"1.jpg","text":"A rose"}\n',
        "train/1.jpg": "1",
      }),
    DatasetError,
    'Cannot use "photos/train/metadata.jsonl" as it must have a column "label", or --label-column must name another: its columns are "file_name", "text"',
  );
});

Deno.test("listDataset() names the list beside a single folder of photos", async () => {
  await assertRejects(
    () => list({ "photos.csv": "", "images/1.jpg": "1" }),
    DatasetError,
    'Cannot index "photos" as there must be at least two classes: there is one folder of photos, "images/", and a list to take instead, "photos.csv"',
  );
});
