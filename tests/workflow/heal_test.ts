import { assertEquals, assertRejects } from "@std/assert";
import {
  DatasetError,
  DigestMismatchError,
  FormatError,
  MissingArtifactError,
} from "../../pipeline/errors.ts";
import { healing } from "../../pipeline/workflow/heal.ts";
import { MemoryStore } from "../support/memory_store.ts";
import { testContext } from "../support/stage_context.ts";

const PATH =
  "artifacts/tensors-0123456789abcdef/train-00000-of-00001.safetensors";

/** A chain that throws each of the errors in turn, and then returns 7. */
function throwing(...errors: Error[]): () => Promise<number> {
  return () => {
    const error = errors.shift();
    return error ? Promise.reject(error) : Promise.resolve(7);
  };
}

/** A digest that does not fit. */
function mismatch(path: string): Error {
  return new DigestMismatchError(path, { expected: "12", actual: "34" });
}

Deno.test("healing() returns what the chain returns when all is well", async () => {
  const context = testContext();
  assertEquals(await healing(context, throwing()), 7);
  assertEquals(context.events, []);
});

Deno.test.each<[string, Error]>([
  ["a digest does not fit", mismatch(PATH)],
  ["a file cannot be read", new FormatError("m", { path: PATH })],
  [
    "a file is gone",
    new MissingArtifactError("m", { stage: "tensors", path: PATH }),
  ],
])("healing() removes the file and runs again when %s", async (_, error) => {
  const other = PATH.replace("00000", "00001");
  const store = new MemoryStore({ [PATH]: "x", [other]: "y" });
  const context = testContext(store);
  assertEquals(await healing(context, throwing(error)), 7);
  assertEquals([...store.files.keys()], [other]);
  assertEquals(context.events, [
    { type: "damaged", stage: "tensors", path: PATH, reason: error.message },
  ]);
});

Deno.test("healing() heals one file after another", async () => {
  const others = ["dataset-index", "embeddings", "head", "evaluation"].map(
    (stage) => `artifacts/${stage}-0123456789abcdef/file`,
  );
  const context = testContext();
  const chain = throwing(mismatch(PATH), ...others.map(mismatch));
  assertEquals(await healing(context, chain), 7);
  assertEquals(
    context.events.map((event) => "path" in event && event.path),
    [PATH, ...others],
  );
});

Deno.test("healing() throws when a file is damaged twice", async () => {
  const error = await assertRejects(
    () => healing(testContext(), throwing(mismatch(PATH), mismatch(PATH))),
    DigestMismatchError,
  );
  assertEquals(error.path, PATH);
});

Deno.test.each<[string, Error]>([
  ["about no file", new DatasetError("no photos")],
  ["about a file that no stage writes", mismatch("runs/a/run.json")],
  ["about a file outside", mismatch("../artifacts/tensors-0/a")],
  [
    "about a stage that was not run",
    new MissingArtifactError("no manifest", {
      stage: "head",
      path: "artifacts/head-0/manifest.json",
    }),
  ],
])(
  "healing() throws and removes nothing when an error is %s",
  async (_, error) => {
    const store = new MemoryStore({ "runs/a/run.json": "x" });
    const context = testContext(store);
    const thrown = await assertRejects(() => healing(context, throwing(error)));
    assertEquals(thrown, error);
    assertEquals(store.removals, []);
    assertEquals(context.events, []);
  },
);
