import { assertEquals, assertRejects } from "@std/assert";
import { listDataset } from "../../pipeline/dataset/dataset_source.ts";
import { DatasetError } from "../../pipeline/errors.ts";
import { MemoryStore } from "../support/memory_store.ts";

/** Lists a folder with these files. */
function list(paths: string) {
  const files = paths.split(" ").map((path) => [path, "1"] as const);
  const store = new MemoryStore(Object.fromEntries(files));
  return listDataset({ store, origin: "photos" });
}

Deno.test.each<[string, string[]]>([
  ["a/1.jpg b/2.jpg .DS_Store a/._1.jpg", []],
  [
    "a/1.jpg b/2.jpg __MACOSX/a/._1.jpg .git/x b/.cache/1.jpg a/.t/u/v.jpg",
    ['left alone as hidden: ".git/", "__MACOSX/", "a/.t/" and 1 more'],
  ],
  [
    "train/a/1.jpg train/b/1.jpg train/c/notes.txt val/a/1.jpg val/b/x.md",
    ['left alone without a photo: "train/c/", "val/b/"'],
  ],
  [
    "a/1.jpg a/old/2.jpg b/1.jpg",
    ['photos in "a/old/" belong to the class of the folder above'],
  ],
  [
    "animals/cat/1.jpg animals/dog/1.jpg plants/rose/1.jpg",
    [
      'photos in "animals/cat/", "animals/dog/", "plants/rose/" belong to the class of the folder above; no class has photos of its own: if "cat/", "dog/", "rose/" are the classes, put them side by side in one folder',
    ],
  ],
  [
    "train/a/x/1.jpg train/b/1.jpg val/a/1.jpg val/b/1.jpg",
    ['photos in "train/a/x/" belong to the class of the folder above'],
  ],
])("listDataset() of %s notes %j", async (paths, notes) => {
  assertEquals((await list(paths)).notes, notes);
});

Deno.test.each([
  ["flowers/daisy/1.jpg flowers/rose/1.jpg", "flowers"],
  ["a/b/daisy/1.jpg a/b/rose/1.jpg a/readme.txt", "a/b"],
  ["data/train/a/1.jpg data/val/a/1.jpg __MACOSX/x/1.jpg", "data"],
  ["rose/2020/1.jpg rose/2021/1.jpg", "rose"],
])("listDataset() of %s asks for %s", async (paths, folder) => {
  const error = await assertRejects(() => list(paths), DatasetError);
  assertEquals(
    error.message,
    `Cannot index "photos" as there must be at least two classes, and all photos are in "${folder}/": is "photos/${folder}" the folder to take?`,
  );
});

Deno.test("listDataset() names classes whose folders hold no photo", async () => {
  const paths = "train/a/1.jpg train/b/1.jpg train/c/x.txt val/a/1.jpg val/d/x";
  const { emptyClasses, classNames } = await list(paths);
  assertEquals([emptyClasses, classNames], [["c", "d"], ["a", "b"]]);
});

Deno.test("listDataset() lists one class of which some photos lie deeper", async () => {
  assertEquals((await list("rose/1.jpg rose/old/2.jpg")).classNames, ["rose"]);
});
