import { assertEquals } from "@std/assert";
import {
  DatasetError,
  DigestMismatchError,
  FormatError,
  MissingArtifactError,
} from "../../pipeline/errors.ts";
import { findDamaged, removeDamaged } from "../../pipeline/run/run_stage.ts";
import { MemoryStore } from "../support/memory_store.ts";
import { testContext } from "../support/stage_context.ts";

const PATH =
  "artifacts/tensors-0123456789abcdef/train-00000-of-00001.safetensors";

/** A digest that does not fit. */
function mismatch(path: string): Error {
  return new DigestMismatchError(path, { expected: "12", actual: "34" });
}

Deno.test.each<[string, Error]>([
  ["a digest does not fit", mismatch(PATH)],
  ["a file cannot be read", new FormatError("m", { path: PATH })],
  [
    "a file is gone",
    new MissingArtifactError("m", { stage: "tensors", path: PATH }),
  ],
])("findDamaged() names the artifact when %s", (_, error) => {
  assertEquals(findDamaged(error), {
    stage: "tensors",
    path: PATH,
    reason: error.message,
  });
});

Deno.test.each<[string, Error]>([
  ["about no file", new DatasetError("no photos")],
  ["about a file that no stage writes", mismatch("runs/a/run.json")],
  ["about a file outside", mismatch("../artifacts/tensors-0/a")],
  [
    "about a stage that was not run",
    new MissingArtifactError("no manifest", {
      stage: "head",
      path: "artifacts/head-0123456789abcdef/manifest.json",
    }),
  ],
])("findDamaged() names nothing when an error is %s", (_, error) => {
  assertEquals(findDamaged(error), undefined);
});

Deno.test("removeDamaged() removes the file and the manifest, and tells", async () => {
  const manifest = "artifacts/tensors-0123456789abcdef/manifest.json";
  const other = PATH.replace("00000", "00001");
  const store = new MemoryStore({ [PATH]: "x", [other]: "y", [manifest]: "z" });
  const context = testContext(store);
  const damage = { stage: "tensors", path: PATH, reason: "it is torn" };
  await removeDamaged(context, damage);
  assertEquals(store.removals, [manifest, PATH]);
  assertEquals([...store.files.keys()], [other]);
  assertEquals(context.events, [{ type: "damaged", ...damage }]);
});
