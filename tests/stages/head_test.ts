import { assertEquals, assertRejects } from "@std/assert";
import {
  decodeCheckpoint,
  decodeHead,
  HEAD_FILES,
} from "../../pipeline/head/checkpoint.ts";
import { testContext } from "../support/stage_context.ts";

import { openHead, OPTIONS, run } from "./head_support.ts";

Deno.test("HEAD keeps the best weights when the loss no longer falls", async () => {
  const context = testContext();
  const { files, manifest } = await run(context);
  const { epochs, bestEpoch } = manifest.counts;
  assertEquals(epochs, bestEpoch! + OPTIONS.patience);
  const losses = context.events.flatMap((event) =>
    event.type === "epoch" ? [event.record.validationLoss!] : []
  );
  assertEquals(losses.indexOf(Math.min(...losses)) + 1, bestEpoch);
  const [head, best] = await Promise.all(
    [HEAD_FILES.head, HEAD_FILES.best].map(async (name) =>
      await decodeHead((await files.read(name))!, name)
    ),
  );
  assertEquals(head!.parameters, best!.parameters);
  assertEquals(head!.metadata.epoch, String(bestEpoch));
  assertEquals(head!.metadata.classes, '["a","b"]');
});

Deno.test("HEAD keeps the last weights when it does not stop by itself", async () => {
  const { files, manifest } = await run(testContext(), {
    patience: 0,
    epochs: 8,
  });
  const { metadata } = await decodeHead(
    (await files.read("head.safetensors"))!,
    "h",
  );
  assertEquals(manifest.counts.epochs, 8);
  assertEquals(metadata.epoch, "8");
});

Deno.test("HEAD writes the manifest last, and nothing when it is complete", async () => {
  const { store } = testContext();
  const { files } = await run(testContext(store));
  assertEquals(store.writes.at(-1), files.path("manifest.json"));
  store.writes.length = 0;
  assertEquals((await run(testContext(store))).skipped, true);
  assertEquals(store.writes, []);
});

Deno.test("HEAD throws when training diverges, and writes no checkpoint of it", async () => {
  const context = testContext();
  await assertRejects(
    () => run(context, { learningRate: 1e30 }),
    RangeError,
    "must be finite: current value is NaN; --learning-rate may be too high",
  );
  const names = [...context.store.files.keys()];
  assertEquals(names.some((path) => path.endsWith("manifest.json")), false);
});

Deno.test("HEAD writes no checkpoint of an epoch in which the device failed", async () => {
  const context = testContext();
  const store = context.store;
  const options = { stepsPerEpoch: 50 };
  let epochs = 0;
  const checkDevices = () => {
    if (++epochs === 3) throw new Error("the device is lost");
  };
  await assertRejects(
    () => run(context, options, { checkDevices }),
    Error,
    "the device is lost",
  );
  const { files } = await openHead(options, store);
  const path = files.path(HEAD_FILES.checkpoint);
  const shape = {
    inputs: 4,
    hidden: 16,
    classes: 2,
    activation: "relu",
  } as const;
  const bytes = (await store.read(path))!;
  const { state } = await decodeCheckpoint(bytes, { shape, path });
  assertEquals(state.epoch, 2);
});

Deno.test("HEAD trains on while a checkpoint is written, and fails if it cannot be", async () => {
  const context = testContext();
  const { emit, store } = context;
  context.emit = (event) => {
    emit(event);
    // The first epoch is saved, and its checkpoint is not written yet.
    if (event.type === "epoch") store.failOn = HEAD_FILES.checkpoint;
  };
  await assertRejects(
    () => run(context, { stepsPerEpoch: 50 }),
    Error,
    'checkpoint.safetensors" is on fire',
  );
  assertEquals([...store.files.keys()].map((path) => path.split("/").at(-1)), [
    HEAD_FILES.best,
  ]);
});
