import { assertEquals, assertRejects } from "@std/assert";
import { StageFiles } from "../../pipeline/artifact/stage_files.ts";
import { startTfjs } from "../../pipeline/backbone/engines/tfjs_backend.ts";
import {
  decodeCheckpoint,
  decodeHead,
  HEAD_FILES,
} from "../../pipeline/head/checkpoint.ts";
import { EmbeddingSource } from "../../pipeline/head/embeddings_source.ts";
import { uniformNumbers } from "../../pipeline/head/random.ts";
import {
  type HeadInput,
  type HeadOptions,
  planHead,
  trainHead,
} from "../../pipeline/stages/head.ts";
import type { StageResult } from "../../pipeline/stages/run_stage.ts";
import { MemoryStore } from "../support/memory_store.ts";
import { type TestContext, testContext } from "../support/stage_context.ts";

const OPTIONS: HeadOptions = {
  seed: 1,
  epochs: 30,
  stepsPerEpoch: null,
  validationSteps: null,
  batchSize: 8,
  dropout: 0.5,
  learningRate: 0.05,
  schedule: "constant",
  warmupSteps: 0,
  classWeights: "none",
  labelSmoothing: 0,
  weightDecay: 0,
  hidden: 16,
  activation: "relu",
  patience: 3,
};

/** Numbers without any pattern, so that training soon learns them by heart. */
function noise(count: number, key: number): EmbeddingSource {
  const uniform = uniformNumbers(key);
  const records = Int32Array.from({ length: count }, (_, i) => i);
  const embeddings = Float32Array.from(
    { length: count * 4 },
    (_, i) => uniform(i),
  );
  const labels = records.map((i) => i % 2);
  const shards = [{ embeddings, labels, records }];
  return new EmbeddingSource(shards, { views: 1, size: 4 });
}

const INPUT: HeadInput = {
  train: noise(24, 1),
  validation: noise(16, 2),
  classes: 2,
  metadata: { classes: '["a","b"]' },
};

/** Runs the stage on wasm. */
async function run(
  context: TestContext,
  options: Partial<HeadOptions> = {},
): Promise<StageResult> {
  const backend = await startTfjs("wasm");
  try {
    const work = planHead("00", { ...OPTIONS, ...options });
    return await trainHead(work, () => Promise.resolve(INPUT), context);
  } finally {
    await backend.stop();
  }
}

/** Stops the stage after some epochs. */
function stopAfter(epochs: number, store = new MemoryStore()): TestContext {
  const context = testContext(store);
  const { emit } = context;
  context.emit = (event) => {
    emit(event);
    if (event.type === "epoch" && event.record.epoch === epochs) context.stop();
  };
  return context;
}

Deno.test("trainHead() keeps the best weights when the loss no longer falls", async () => {
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

Deno.test("trainHead() keeps the last weights when it does not stop by itself", async () => {
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

Deno.test("trainHead() writes the manifest last, and nothing when it is complete", async () => {
  const { store } = testContext();
  const { files } = await run(testContext(store));
  assertEquals(store.writes.at(-1), files.path("manifest.json"));
  store.writes.length = 0;
  assertEquals((await run(testContext(store))).skipped, true);
  assertEquals(store.writes, []);
});

Deno.test("trainHead() gives the same bytes when it was stopped and went on", async () => {
  const whole = testContext();
  await run(whole);
  const store = new MemoryStore();
  for (const epochs of [1, 2]) {
    await assertRejects(() => run(stopAfter(epochs, store)));
  }
  await run(testContext(store));
  assertEquals(store.files, whole.store.files);
});

/** Finds a file of the head stage. */
function find(store: MemoryStore, name: string): string {
  return [...store.files.keys()].find((path) => path.endsWith(`/${name}`))!;
}

Deno.test.each(["checkpoint", "best"] as const)(
  "trainHead() starts again when its %s is damaged",
  async (name) => {
    const whole = testContext();
    await run(whole);
    const stopped = stopAfter(2);
    await assertRejects(() => run(stopped));
    const { store } = stopped;
    store.flipBit(find(store, HEAD_FILES[name]), 900);
    const context = testContext(store);
    await run(context);
    assertEquals(context.events[0]?.type, "damaged");
    assertEquals(store.files, whole.store.files);
  },
);

Deno.test("trainHead() goes on where another training of the same course is, whole or not", async () => {
  const whole = testContext();
  await run(whole, { patience: 0, epochs: 7 });
  const { store } = testContext();
  await run(testContext(store), { patience: 0, epochs: 3 });
  await assertRejects(() =>
    run(stopAfter(5, store), { patience: 0, epochs: 9 })
  );
  const before = new Map(store.files);
  const context = testContext(store);
  const { files } = await run(context, { patience: 0, epochs: 7 });
  const [start] = context.events;
  assertEquals(start?.type === "start" && start.done, 5);
  for (const name of [...Object.values(HEAD_FILES), "manifest.json"]) {
    const path = files.path(name);
    assertEquals(store.files.get(path), whole.store.files.get(path), name);
  }
  for (const [path, bytes] of before) {
    assertEquals(store.files.get(path), bytes, path);
  }
});

Deno.test.each(["checkpoint", "best"] as const)(
  "trainHead() takes the next training, and touches nothing, when another's %s is damaged",
  async (name) => {
    const { store } = testContext();
    await run(testContext(store), { patience: 0, epochs: 2 });
    const { files } = await run(testContext(store), {
      patience: 0,
      epochs: 4,
    });
    store.flipBit(files.path(HEAD_FILES[name]), 900);
    store.removals.length = 0;
    const context = testContext(store);
    await run(context, { patience: 0, epochs: 6 });
    const [start] = context.events;
    assertEquals(start?.type === "start" && start.done, 2);
    assertEquals(store.removals, []);
  },
);

Deno.test("trainHead() throws when training diverges, and writes no checkpoint of it", async () => {
  const context = testContext();
  await assertRejects(
    () => run(context, { learningRate: 1e30 }),
    RangeError,
    'must be finite: current value is NaN; the setting "learningRate" may be too high',
  );
  const names = [...context.store.files.keys()];
  assertEquals(names.some((path) => path.endsWith("manifest.json")), false);
});

Deno.test("trainHead() writes no checkpoint of an epoch in which the device failed", async () => {
  const context = testContext();
  const store = context.store;
  let epochs = 0;
  const guard = () => {
    if (++epochs === 3) throw new Error("the device is lost");
  };
  const backend = await startTfjs("wasm");
  try {
    const work = planHead("00", OPTIONS);
    await assertRejects(
      () =>
        trainHead(work, () => Promise.resolve(INPUT), { ...context, guard }),
      Error,
      "the device is lost",
    );
    const { directory } = await StageFiles.open(store, work);
    const path = `${directory}/${HEAD_FILES.checkpoint}`;
    const shape = {
      inputs: 4,
      hidden: 16,
      classes: 2,
      activation: "relu",
    } as const;
    const bytes = (await store.read(path))!;
    const { state } = await decodeCheckpoint(bytes, { shape, path });
    assertEquals(state.epoch, 2);
  } finally {
    await backend.stop();
  }
});
