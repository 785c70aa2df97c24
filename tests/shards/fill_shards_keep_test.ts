import { assertEquals, assertRejects } from "@std/assert";
import { encodeSafetensors } from "../../pipeline/artifact/safetensors.ts";
import { decodeSealed, encodeSealed } from "../../pipeline/artifact/shard.ts";
import { StageFiles } from "../../pipeline/artifact/stage_files.ts";
import { toTensor } from "../../pipeline/artifact/tensor.ts";
import { keepShard } from "../../pipeline/shards/fill_shards.ts";
import { digestOf } from "../support/seal.ts";
import { type TestContext, testContext } from "../support/stage_context.ts";

const NAME = "train-00000-of-00001.safetensors";
const IDENTITY = { stage: "tensors", shard: NAME };
const TENSORS = { record: toTensor(new Int32Array([4, 2]), [2]) };

/** An unfinished stage with one file. */
async function unfinished(
  bytes: Uint8Array,
): Promise<{ context: TestContext; files: StageFiles }> {
  const context = testContext();
  const work = {
    stage: "tensors",
    version: 1,
    config: {},
    inputs: {},
  } as const;
  const files = await StageFiles.open(context.store, work);
  await files.write(NAME, bytes);
  return { context, files };
}

/** Asserts that the shard is refused for a reason, and removed. */
async function assertRefused(
  bytes: Uint8Array,
  reason: (path: string) => string,
): Promise<void> {
  const { context, files } = await unfinished(bytes);
  assertEquals(await keepShard(files, NAME, IDENTITY, context), undefined);
  const path = files.path(NAME);
  assertEquals(context.events, [
    { type: "damaged", stage: "tensors", path, reason: reason(path) },
  ]);
  assertEquals(context.store.removals, [path]);
}

Deno.test("keepShard() returns a shard when it is whole and of this work", async () => {
  const bytes = await encodeSealed(TENSORS, { ...IDENTITY, engine: "wasm" });
  const { context, files } = await unfinished(bytes);
  const kept = (await keepShard(files, NAME, IDENTITY, context))!;
  assertEquals(kept.bytes, bytes);
  assertEquals(Object.fromEntries(kept.tensors), TENSORS);
  assertEquals(kept.metadata.engine, "wasm");
  assertEquals(context.events, []);
  assertEquals(context.store.removals, []);
});

Deno.test("keepShard() returns undefined and says nothing when there is no file", async () => {
  const { context, files } = await unfinished(new Uint8Array(0));
  assertEquals(
    await keepShard(files, "other.safetensors", IDENTITY, context),
    undefined,
  );
  assertEquals(context.events, []);
});

Deno.test("keepShard() removes a shard when it is torn", async () => {
  const bytes = await encodeSealed(TENSORS, IDENTITY);
  await assertRefused(
    bytes.subarray(0, 5),
    (path) =>
      `Cannot read "${path}" as safetensors as the file must have at least 8 bytes: it has 5`,
  );
});

Deno.test("keepShard() removes a shard when a bit was flipped", async () => {
  const bytes = await encodeSealed(TENSORS, IDENTITY);
  const { metadata } = await decodeSealed(bytes, NAME);
  bytes[bytes.length - 1]! ^= 1;
  const actual = await digestOf(bytes, metadata.digest!);
  await assertRefused(
    bytes,
    (path) =>
      `Cannot use "${path}" as its bytes have changed since they were written: SHA-256 was ${metadata.digest}, is ${actual}`,
  );
});

Deno.test("keepShard() removes a shard when it carries no digest", async () => {
  await assertRefused(
    encodeSafetensors(TENSORS, IDENTITY),
    (path) =>
      `Cannot read "${path}" as a sealed file as its header has no entry "digest"`,
  );
});

Deno.test.each<[Record<string, string>, string]>([
  [{ ...IDENTITY, shard: "x" }, `shard in its header is "x", not "${NAME}"`],
  [{ shard: NAME }, 'stage in its header is "undefined", not "tensors"'],
])(
  "keepShard() removes a shard when its header says %j",
  async (metadata, reason) => {
    await assertRefused(await encodeSealed(TENSORS, metadata), () => reason);
  },
);

Deno.test("keepShard() passes on that the disk cannot be read", async () => {
  const { context, files } = await unfinished(new Uint8Array(0));
  context.store.failOn = NAME;
  await assertRejects(
    () => keepShard(files, NAME, IDENTITY, context),
    Error,
    "on fire",
  );
  assertEquals(context.store.removals, []);
});
