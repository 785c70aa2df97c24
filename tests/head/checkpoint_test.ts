import { assertEquals, assertRejects } from "@std/assert";
import { encodeSealed } from "../../pipeline/artifact/shard.ts";
import { toTensor } from "../../pipeline/artifact/tensor.ts";
import { DigestMismatchError, FormatError } from "../../pipeline/errors.ts";
import {
  type Checkpoint,
  decodeCheckpoint,
  decodeHead,
  encodeCheckpoint,
  encodeHead,
} from "../../pipeline/head/checkpoint.ts";
import { initializeHead } from "../../pipeline/head/model.ts";

const SHAPE = {
  inputs: 3,
  hidden: 2,
  classes: 2,
  activation: "relu",
} as const;

const METADATA = { classes: '["a","b"]', backbone: "00" };

const CHECKPOINT: Checkpoint = {
  state: {
    epoch: 1,
    step: 7,
    parameters: initializeHead(SHAPE, 1),
    m: initializeHead(SHAPE, 2),
    v: initializeHead(SHAPE, 3),
  },
  history: [{
    epoch: 1,
    step: 7,
    learningRate: 0.1,
    trainLoss: 1 / 3,
    trainAccuracy: 0.7,
  }],
};

/** The bytes of the checkpoint. */
function encode(): Promise<Uint8Array> {
  return encodeCheckpoint(SHAPE, CHECKPOINT, METADATA);
}

Deno.test("decodeCheckpoint() returns what was encoded", async () => {
  const options = { shape: SHAPE, path: "c" };
  const read = await decodeCheckpoint(await encode(), options);
  const { metadata, ...checkpoint } = read;
  assertEquals(checkpoint, CHECKPOINT);
  assertEquals({ ...metadata, ...METADATA }, metadata);
});

Deno.test("encodeCheckpoint() gives the same bytes for the same checkpoint", async () => {
  assertEquals(await encode(), await encode());
});

Deno.test("decodeHead() returns what was encoded", async () => {
  const { parameters } = CHECKPOINT.state;
  const head = { shape: SHAPE, parameters, metadata: METADATA };
  const { metadata, ...rest } = await decodeHead(await encodeHead(head), "h");
  const { digest: _, ...own } = metadata;
  assertEquals({ ...rest, metadata: own }, head);
});

Deno.test("decodeHead() reads the weights when the file is a checkpoint", async () => {
  const { parameters } = await decodeHead(await encode(), "c");
  assertEquals(parameters, CHECKPOINT.state.parameters);
});

Deno.test("decodeCheckpoint() throws when a bit of the data has changed", async () => {
  const bytes = await encode();
  bytes[bytes.length - 1]! ^= 1;
  const options = { shape: SHAPE, path: "runs/c" };
  const error = await assertRejects(
    () => decodeCheckpoint(bytes, options),
    DigestMismatchError,
  );
  assertEquals(error.path, "runs/c");
});

Deno.test("decodeCheckpoint() throws when the head has another shape", async () => {
  const options = { shape: { ...SHAPE, hidden: 4 }, path: "c" };
  await assertRejects(
    async () => decodeCheckpoint(await encode(), options),
    FormatError,
    'Cannot read "c" as a head as tensor "dense1.kernel" must be F32 [3,4]: it is F32 [3,2]',
  );
});

Deno.test("decodeCheckpoint() throws when there are no moments", async () => {
  const { parameters } = CHECKPOINT.state;
  const history = JSON.stringify(CHECKPOINT.history);
  const head = { shape: SHAPE, parameters, metadata: {} };
  head.metadata = { epoch: "1", step: "7", history };
  await assertRejects(
    async () =>
      decodeCheckpoint(await encodeHead(head), { shape: SHAPE, path: "h" }),
    FormatError,
    'Cannot read "h" as a head as tensor "adam.m/dense1.kernel" must be F32 [3,2]: it is missing',
  );
});

Deno.test("decodeCheckpoint() throws when step and history contradict each other", async () => {
  const state = { ...CHECKPOINT.state, step: 8 };
  const bytes = await encodeCheckpoint(SHAPE, { ...CHECKPOINT, state }, {});
  await assertRejects(
    () => decodeCheckpoint(bytes, { shape: SHAPE, path: "c" }),
    FormatError,
    'Cannot read "c" as a checkpoint as its history must end with epoch 1 at step 8: it ends with epoch 1 at step 7',
  );
});

Deno.test.each([
  [{}, 'its header has no entry "shape"'],
  [{ shape: "{" }, 'entry "shape" of its header must be JSON: it is "{"'],
])("decodeHead() throws when the header is %o", async (metadata, reason) => {
  const bytes = await encodeSealed({}, metadata as Record<string, string>);
  await assertRejects(
    () => decodeHead(bytes, "h"),
    FormatError,
    `Cannot read "h" as a head as ${reason}`,
  );
});

Deno.test("decodeHead() throws when a tensor has another dtype", async () => {
  const shape = { ...SHAPE, hidden: 0, inputs: 1, classes: 1 };
  const tensors = {
    "dense1.kernel": toTensor(Int32Array.of(1), [1, 1]),
    "dense1.bias": toTensor(Float32Array.of(1), [1]),
  };
  const bytes = await encodeSealed(tensors, { shape: JSON.stringify(shape) });
  await assertRejects(
    () => decodeHead(bytes, "h"),
    FormatError,
    'Cannot read "h" as a head as tensor "dense1.kernel" must be F32 [1,1]: it is I32 [1,1]',
  );
});
