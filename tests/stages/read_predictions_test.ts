import { assertEquals, assertRejects } from "@std/assert";
import { DigestMismatchError, FormatError } from "../../pipeline/errors.ts";
import { PREDICTIONS_FILE } from "../../pipeline/stages/evaluation.ts";
import {
  readPredictions,
  streamPredictions,
} from "../../pipeline/stages/read_predictions.ts";
import { MemoryStore } from "../support/memory_store.ts";
import { predict, testEvaluation } from "./evidence_support.ts";

const PREDICTIONS = [predict(3, "cat", 0.25), predict(1, "dog", 1.5)];

Deno.test("readPredictions() reads what was written, in order", async () => {
  const evaluation = await testEvaluation(new MemoryStore(), PREDICTIONS);
  assertEquals(await readPredictions(evaluation), PREDICTIONS);
});

Deno.test("streamPredictions() gives each before the file is read to its end", async () => {
  const store = new MemoryStore();
  const evaluation = await testEvaluation(store, PREDICTIONS);
  const seen = [];
  for await (const { record } of streamPredictions(evaluation)) {
    seen.push(record);
    if (seen.length === 1) break;
  }
  assertEquals(seen, [3]);
});

Deno.test.each([
  [{ loss: null }, "loss is not valid: Invalid input: expected number"],
  [{ top5: [] }, "top5 is not valid: "],
  [{ top5: [{ class: "cat", probability: 2 }] }, "top5.0.probability is not "],
  [{ digest: "00" }, "digest is not valid: "],
  [{ record: -1 }, "record is not valid: "],
  [{ more: 1 }, "it is not valid: "],
])("readPredictions() refuses a line with %j", async (change, message) => {
  const values = [PREDICTIONS[0], { ...PREDICTIONS[1], ...change }];
  const evaluation = await testEvaluation(new MemoryStore(), values);
  const path = evaluation.files.path(PREDICTIONS_FILE);
  await assertRejects(
    () => readPredictions(evaluation),
    FormatError,
    `Cannot read line 2 of "${path}" as a prediction as ${message}`,
  );
});

Deno.test("readPredictions() notices bytes that have changed", async () => {
  const store = new MemoryStore();
  const evaluation = await testEvaluation(store, PREDICTIONS);
  const path = evaluation.files.path(PREDICTIONS_FILE);
  const text = new TextDecoder().decode((await store.read(path))!);
  const changed = text.replace('"loss":1.5', '"loss":2.5');
  store.files.set(path, new TextEncoder().encode(changed));
  await assertRejects(
    () => readPredictions(evaluation),
    DigestMismatchError,
  );
});
