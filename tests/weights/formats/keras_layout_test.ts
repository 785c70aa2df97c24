import { assertEquals, assertThrows } from "@std/assert";
import type { Hdf5Dataset } from "../../../pipeline/weights/formats/hdf5_file.ts";
import { Hdf5Refusal } from "../../../pipeline/weights/formats/hdf5_limits.ts";
import {
  findWeights,
  type Hdf5Objects,
} from "../../../pipeline/weights/formats/keras_layout.ts";

/** An object by its path: lists of names, or `null` for a dataset. */
type Objects = Record<string, Record<string, string[]> | null>;

/** A file of these objects. */
function file(objects: Objects): Hdf5Objects {
  return {
    has: (path) => path in objects,
    attributes: (path) => new Set(Object.keys(objects[path] ?? {})),
    names: (path, name) => objects[path]![name]!,
    dataset: (path, name) =>
      objects[path] === null ? { path, name } as Hdf5Dataset : undefined,
  };
}

Deno.test("findWeights() follows the lists of names, in order", () => {
  const found = findWeights(file({
    "/": { layer_names: ["b", "a", "empty"] },
    "/a": { weight_names: ["a/w:0"] },
    "/b": { weight_names: ["w", "v"] },
    "/empty": { weight_names: [] },
    "/a/a/w:0": null,
    "/b/v": null,
    "/b/w": null,
    "/other": null,
  }));
  assertEquals(found.map(({ path, name }) => [path, name]), [
    ["/b/w", "w"],
    ["/b/v", "v"],
    ["/a/a/w:0", "a/w:0"],
  ]);
});

Deno.test("findWeights() looks into model_weights first, and joins lists that were split", () => {
  const found = findWeights(file({
    "/": { layer_names: ["other"] },
    "/model_weights": { layer_names0: ["a"], layer_names1: ["b"] },
    "/model_weights/a": { weight_names0: ["v"], weight_names1: ["w"] },
    "/model_weights/b": { weight_names: [] },
    "/model_weights/a/v": null,
    "/model_weights/a/w": null,
  }));
  assertEquals(found.map(({ path }) => path), [
    "/model_weights/a/v",
    "/model_weights/a/w",
  ]);
});

Deno.test.each<[Objects, string]>([
  [
    { "/": { layer_names: ["a"] } },
    'layer "a" must have a group: there is none',
  ],
  [
    { "/": { layer_names: ["a"] }, "/a": {} },
    'layer "a" must have the attribute "weight_names": it has none',
  ],
  [
    { "/": { layer_names: ["a"] }, "/a": { weight_names: ["w"] } },
    'weight "w" must be in the file: it is not',
  ],
  [
    {
      "/": { layer_names: ["a"] },
      "/a": { weight_names: ["w", "w"] },
      "/a/w": null,
    },
    'each weight must stand once: "w" stands twice',
  ],
  [
    { "/": { layer_names: ["a"] }, "/a": { weight_names: [] } },
    "there must be weights: 1 layers have none",
  ],
  [
    { "/": {}, "/_layer_checkpoint_dependencies": {} },
    "they must be in the format of Keras 2: this is a file of Keras 3, load it",
  ],
  [
    { "/": {} },
    'they must be listed in the attribute "layer_names": this is HDF5, but not of Keras',
  ],
])("findWeights() refuses %j", (objects, message) => {
  assertThrows(() => findWeights(file(objects)), Hdf5Refusal, message);
});
