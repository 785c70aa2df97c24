import { assertEquals, assertThrows } from "@std/assert";
import { findClassRoots } from "../../pipeline/dataset/split_folders.ts";
import { DatasetError } from "../../pipeline/errors.ts";

/** Folders under the folder that they are in, from paths of one or two names. */
function foldersOf(paths: string): Map<string, string[]> {
  const folders = new Map<string, string[]>([["", []]]);
  for (const path of paths.split(" ")) {
    const [top, below] = path.split("/") as [string, string | undefined];
    if (!folders.has(top)) {
      folders.set(top, []);
      folders.get("")!.push(top);
    }
    if (below) folders.get(top)!.push(below);
  }
  return folders;
}

Deno.test.each<[string, [string, string | undefined][]]>([
  ["train/a val/a test/a", [
    ["train/", "train"],
    ["val/", "validation"],
    ["test/", "test"],
  ]],
  ["Training/a VALID/a Testing/a", [
    ["Training/", "train"],
    ["VALID/", "validation"],
    ["Testing/", "test"],
  ]],
  ["training/a dev/a extra/a", [
    ["training/", "train"],
    ["dev/", "validation"],
  ]],
  // Photos without labels, as competitions give them, are no split.
  ["train/a test", [["train/", "train"], ["test/", "test"]]],
  ["cat dog", [["", undefined]]],
  ["__MACOSX/a cat dog test", [["", undefined]]],
  ["car train", [["", undefined]]],
  ["train_station/2020 bus_station/2020", [["", undefined]]],
])("findClassRoots() of %s", (paths, roots) => {
  assertEquals<unknown>(
    findClassRoots(foldersOf(paths), "photos"),
    roots.map(([prefix, split]) => ({ prefix, split })),
  );
});

const WANTED = ": wanted train/<class>/<photo>, with val/ or test/ beside it";

Deno.test.each([
  [
    "train/a val/a validation/a",
    'there must be one validation folder: there are "val/" and "validation/"',
  ],
  [
    "Train/a train/a",
    'there must be one train folder: there are "Train/" and "train/"',
  ],
  [
    "train val/a val/b",
    `"train/" and "val/" look like splits but there is no class folder in the train folder${WANTED}`,
  ],
  [
    "training valid",
    `"training/" and "valid/" look like splits but there is no class folder in the train folder${WANTED}`,
  ],
  [
    "val/a test/a",
    `"val/" and "test/" look like splits but there is no train folder beside them${WANTED}`,
  ],
  [
    "cat dog test/cat test/dog",
    `"test/" look like splits but there is no train folder beside them${WANTED}`,
  ],
  [
    "test/cat test/dog",
    `"test/" look like splits but there is no train folder beside them${WANTED}`,
  ],
  [
    "train_images/a val_images/a",
    '"train_images/" and "val_images/" look like splits but are not named so: rename them to train/, val/ or test/',
  ],
  [
    "seg_train/x seg_test/y seg_pred",
    '"seg_train/" and "seg_test/" look like splits but are not named so: rename them to train/, val/ or test/',
  ],
  [
    "train/a val-2020/a",
    '"val-2020/" look like splits but are not named so: rename them to train/, val/ or test/',
  ],
])("findClassRoots() refuses %s", (paths, reason) => {
  const error = assertThrows(
    () => findClassRoots(foldersOf(paths), "photos"),
    DatasetError,
  );
  assertEquals(error.message, `Cannot index "photos" as ${reason}`);
});
