import { assertEquals, assertRejects } from "@std/assert";
import { decodeSealed } from "../../pipeline/artifact/shard.ts";
import { toFloat32, toInt32 } from "../../pipeline/artifact/tensor.ts";
import { decodeJsonLines } from "../../pipeline/dataset/json_lines.ts";
import type { Evidence } from "../../pipeline/evidence/activation_map.ts";
import type { Prediction } from "../../pipeline/metrics/prediction.ts";
import type { SavedHead } from "../../pipeline/head/checkpoint.ts";
import { EVIDENCE } from "../../pipeline/stages/evidence.ts";
import type { Opened } from "../../pipeline/stages/stage.ts";
import type { Devices } from "../../pipeline/stages/outside.ts";
import { completeStage, testInput } from "../support/complete_stage.ts";
import { type TestContext, testContext } from "../support/stage_context.ts";
import {
  CLASSES,
  HEAD,
  predict,
  testEngine,
  testEvaluation,
  testRecords,
  testTensors,
} from "./evidence_support.ts";

const EVIDENCE_FILE = "evidence.jsonl";
const MAPS_FILE = "maps-00000-of-00001.safetensors";

/** Two mistakes, the second worse, and one that is right. */
const PREDICTIONS = [
  predict(2, "dog", 1),
  predict(5, "cat", 0.1),
  predict(7, "dog", 2),
];

/** What differs from one photo a class on an engine that works. */
interface Change {
  predictions?: Prediction[];
  head?: SavedHead;
  openBackbone?: Devices["openBackbone"];
}

/** Completes the stage; returns it and the photos of each batch. */
async function run(
  context: TestContext,
  change: Change = {},
): Promise<{ result: Opened<typeof EVIDENCE>; batches: number[] }> {
  const { predictions = PREDICTIONS, head = HEAD } = change;
  const engine = testEngine();
  const { openBackbone = () => Promise.resolve(engine) } = change;
  const result = await completeStage(EVIDENCE, {
    inputs: {
      index: await testInput({
        classNames: CLASSES,
        readRecords: () => Promise.resolve(testRecords()),
      }),
      tensors: await testTensors(context.store),
      head: await testInput({ readHead: () => Promise.resolve(head) }),
      evaluation: await testEvaluation(context.store, predictions),
    },
    config: { seed: 1 },
    openBackbone,
  }, context);
  return { result, batches: engine.batches };
}

/** Reads both files. */
async function readBack({ files }: Opened<typeof EVIDENCE>) {
  const { tensors, metadata } = await decodeSealed(
    (await files.read(MAPS_FILE))!,
    MAPS_FILE,
  );
  const [map, record] = [tensors.get("map")!, tensors.get("record")!];
  const lines = (await files.read(EVIDENCE_FILE))!;
  return {
    shape: map.shape,
    maps: toFloat32(map, "map"),
    records: [...toInt32(record, "record")],
    metadata,
    lines: decodeJsonLines<Evidence>(lines, EVIDENCE_FILE),
  };
}

/** Names of the files of the stage that were written, in order. */
function written({ store }: TestContext): string[] {
  return store.writes.filter((path) => path.includes("/evidence-"))
    .map((path) => path.split("/").at(-1)!);
}

Deno.test("EVIDENCE writes maps of the predicted class and of the true one", async () => {
  const context = testContext();
  const { result, batches } = await run(context);
  const { shape, maps, records, metadata, lines } = await readBack(result);
  assertEquals(shape, [3, 2, 2, 2]);
  assertEquals(records, [7, 2, 5]);
  assertEquals(
    maps,
    Float32Array.from([
      [7, 0, 0, -1, 0, 0, 0, 1],
      [2, 0, 0, -1, 0, 0, 0, 1],
      [5, 0, 0, -1, 5, 0, 0, -1],
    ].flat()),
  );
  assertEquals([metadata.engine, metadata.method], ["wasm", "cam"]);
  assertEquals(lines[0], {
    row: 0,
    record: 7,
    path: "7.jpg",
    reason: "mistake",
    true: "dog",
    predicted: "cat",
    probability: 0.75,
    loss: 2,
  });
  assertEquals(
    lines.map(({ row, record, reason }) => [row, record, reason]),
    [[0, 7, "mistake"], [1, 2, "mistake"], [2, 5, "right"]],
  );
  assertEquals(result.manifest.counts, { mistakes: 2, right: 1 });
  assertEquals(result.manifest.files.map(({ rows }) => rows), [3, undefined]);
  assertEquals(batches, [2, 1]);
});

Deno.test("EVIDENCE says that maps of a relu are Grad-CAM's", async () => {
  const parameters = {
    "dense1.kernel": Float32Array.of(1, 0, 0),
    "dense1.bias": Float32Array.of(0),
    "dense2.kernel": Float32Array.of(1, -1),
    "dense2.bias": Float32Array.of(0, 0),
  };
  const activation = "relu" as const;
  const shape = { inputs: 3, hidden: 1, classes: 2, activation };
  const head = { shape, parameters, metadata: {} };
  const { result } = await run(testContext(), { head });
  const { maps, metadata } = await readBack(result);
  assertEquals(maps.slice(0, 8), Float32Array.of(7 / 4, 0, 0, 0, 0, 0, 0, 0));
  assertEquals(metadata.method, "grad-cam");
});

Deno.test("EVIDENCE writes the manifest last", async () => {
  const context = testContext();
  await run(context);
  assertEquals(written(context), [MAPS_FILE, EVIDENCE_FILE, "manifest.json"]);
});

Deno.test("EVIDENCE keeps the maps when it continues after a failure", async () => {
  const context = testContext();
  context.store.failOn = EVIDENCE_FILE;
  await assertRejects(() => run(context), Error, "is on fire");
  assertEquals(written(context), [MAPS_FILE]);
  context.store.failOn = undefined;
  const { result, batches } = await run(context);
  assertEquals(batches, []);
  assertEquals(written(context), [MAPS_FILE, EVIDENCE_FILE, "manifest.json"]);
  assertEquals((await readBack(result)).records, [7, 2, 5]);
});

Deno.test("EVIDENCE writes the same bytes of the same inputs", async () => {
  const [first, second] = [testContext(), testContext()];
  await run(first);
  await run(second);
  assertEquals(second.store.files, first.store.files);
});

Deno.test("EVIDENCE does nothing when it is complete", async () => {
  const context = testContext();
  await run(context);
  context.store.writes.length = 0;
  const openBackbone = () => Promise.reject(new Error("nothing is to be done"));
  const { result } = await run(context, { openBackbone });
  assertEquals([result.skipped, written(context)], [true, []]);
});

Deno.test("EVIDENCE starts no engine where there is nothing to show", async () => {
  const openBackbone = () => Promise.reject(new Error("no engine is needed"));
  const change = { predictions: [], openBackbone };
  const { result } = await run(testContext(), change);
  const { shape, records, lines } = await readBack(result);
  assertEquals([shape, records, lines], [[0, 2, 0, 0], [], []]);
  assertEquals(result.manifest.counts, { mistakes: 0, right: 0 });
});

Deno.test("EVIDENCE stops between batches when the signal says so", async () => {
  const context = testContext();
  const engine = testEngine();
  const openBackbone = () => {
    context.stop();
    return Promise.resolve(engine);
  };
  await assertRejects(() => run(context, { openBackbone }), DOMException);
  assertEquals([engine.batches, written(context)], [[], []]);
});
