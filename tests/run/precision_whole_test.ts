import {
  assertEquals,
  assertLess,
  assertMatch,
  assertRejects,
} from "@std/assert";
import {
  BackendUnavailableError,
  ConfigError,
  EMBEDDINGS,
  evaluate,
  exportRun,
  loadClassifier,
  openRun,
  packRun,
  readWorkspace,
  status,
  train,
} from "../../mod.ts";
import { HAS_NATIVE_CODE } from "../backends/support.ts";
import { digestTree } from "../e2e/support.ts";
import { tempDir } from "../support/temp_dir.ts";
import { type TestWorkspace, testWorkspace } from "./support.ts";

const ignore = !HAS_NATIVE_CODE;

/** Settings of a training in 8 bits. */
const INT8 = { precision: "int8" } as const;

/** A photo that comes with the project. */
const PHOTO = new URL(
  "../../fixtures/images/val/coin/coin_21.jpg",
  import.meta.url,
);

/** Digests of the files of some stages. */
async function digestStages(
  { root }: TestWorkspace,
  stages: readonly string[],
): Promise<Record<string, string>> {
  const all = await digestTree(`${root}/artifacts`);
  const own = Object.entries(all)
    .filter(([path]) => stages.some((stage) => path.includes(`${stage}-`)));
  return Object.fromEntries(own);
}

Deno.test({
  name:
    "train() in 8 bits says what it costs, and a second time writes nothing",
  ignore,
  async fn() {
    await using workspace = await testWorkspace("trained");
    const { onEvent } = workspace;
    await train(workspace, { settings: INT8, onEvent });
    const agreements = workspace.events
      .filter((event) => event.type === "agreement");
    assertEquals(agreements.length, 1);
    const [agreement] = agreements;
    assertLess(0.995, agreement!.meanCosine);
    // The run had a head before.
    assertLess(32, agreement!.samePrediction!);
    const stages = await status(workspace);
    assertEquals(stages[2]!.stage, "calibration");
    assertEquals(stages[2]!.state, "complete");
    const before = await digestTree(workspace.root);
    const { embedded } = await train(workspace);
    assertEquals(embedded, 0);
    assertEquals(await digestTree(workspace.root), before);
  },
});

Deno.test({
  name: "train() in 8 bits has the same bytes after it was stopped",
  ignore,
  async fn() {
    const made = ["calibration", "embeddings"];
    await using whole = await testWorkspace("prepared");
    await train(whole, { settings: INT8 });
    await using stopped = await testWorkspace("prepared");
    const controller = new AbortController();
    const { signal } = controller;
    const onEvent = stopped.onEvent;
    await assertRejects(
      () =>
        train(stopped, {
          settings: INT8,
          signal,
          onEvent(event) {
            onEvent(event);
            const isBegun = event.type === "progress" &&
              event.stage === "embeddings" && event.done > 0;
            if (isBegun) controller.abort();
          },
        }),
      DOMException,
    );
    const part = await digestStages(stopped, made);
    await train(stopped);
    const after = await digestStages(stopped, made);
    assertLess(Object.keys(part).length, Object.keys(after).length);
    assertEquals(after, await digestStages(whole, made));
  },
});

Deno.test({
  name:
    "going back to float32 costs nothing, and status forgets the calibration",
  ignore,
  async fn() {
    await using workspace = await testWorkspace("trained");
    const made = ["embeddings", "head"];
    const before = await digestStages(workspace, made);
    await train(workspace, { settings: INT8 });
    const { embedded } = await train(workspace, {
      settings: { precision: "float32" },
    });
    assertEquals(embedded, 0);
    const after = await digestStages(workspace, made);
    for (const [path, digest] of Object.entries(before)) {
      assertEquals(after[path], digest, path);
    }
    const stages = await status(workspace);
    assertEquals(stages.map(({ stage }) => stage).slice(0, 4), [
      "dataset-index",
      "tensors",
      "embeddings",
      "head",
    ]);
  },
});

Deno.test({
  name:
    "a run in 8 bits is evaluated, packed, predicted and exported as it was trained",
  ignore,
  async fn() {
    await using workspace = await testWorkspace("prepared");
    await train(workspace, { settings: INT8 });
    await evaluate(workspace);
    await using folder = await tempDir();
    const packed = `${folder.path}/packed`;
    await packRun(workspace, packed);
    const photo = await Deno.readFile(PHOTO);
    const answers = await Promise.all(
      [workspace, readWorkspace(packed)].map(async (where) => {
        await using classifier = await loadClassifier(where);
        return await classifier.classify(photo);
      }),
    );
    assertEquals(answers[0], answers[1]);
    await assertRejects(
      () => loadClassifier(workspace, { engine: "wasm" }),
      BackendUnavailableError,
      `Cannot use engine "wasm" as the backbone is computed in 8 bits, by the engine cpu alone`,
    );
    const out = `${folder.path}/onnx`;
    const { check } = await exportRun(workspace, { format: "onnx", out });
    assertLess(check.agreement.largestDifference, 1e-5);
    const facts = JSON.parse(await Deno.readTextFile(`${out}/export.json`));
    assertEquals(facts.precision, "int8");
    const refused = (what: string) =>
      `Cannot export run "default" ${what} as its head was trained on embeddings of precision int8`;
    await assertRejects(
      () => exportRun(workspace, { format: "keras", out: `${out}2` }),
      ConfigError,
      refused("as keras"),
    );
    await assertRejects(
      () =>
        exportRun(workspace, { format: "onnx", half: true, out: `${out}2` }),
      ConfigError,
      refused("in half precision"),
    );
  },
});

Deno.test("train() refuses 8 bits on another engine than cpu", async () => {
  await using workspace = await testWorkspace("prepared");
  await assertRejects(
    () => train(workspace, { settings: { ...INT8, engine: "wasm" } }),
    ConfigError,
    `Cannot use settings "engine" and "precision" as int8 is computed by the engine cpu alone: engine is wasm`,
  );
});

Deno.test({
  name:
    "train() chooses float32 for auto where 8 bits are not to be had, and says so",
  ignore,
  async fn() {
    await using workspace = await testWorkspace("trained");
    const { onEvent } = workspace;
    const settings = { precision: "auto", engine: "wasm" } as const;
    const { embedded } = await train(workspace, { settings, onEvent });
    assertEquals(embedded, 0);
    const chosen = workspace.events.filter(({ type }) => type === "precision");
    assertEquals(chosen, [{
      type: "precision",
      precision: "float32",
      reason: "the engine is wasm",
    }]);
    const run = await openRun(workspace);
    assertEquals(run.config.precision, "float32");
  },
});

Deno.test({
  name: "train() measures for auto, and keeps what it has chosen",
  ignore,
  async fn() {
    await using workspace = await testWorkspace("prepared");
    const { onEvent } = workspace;
    const settings = { precision: "auto" } as const;
    const { precision } = await train(workspace, { settings, onEvent });
    const chosen = workspace.events
      .filter((event) => event.type === "precision");
    assertEquals(chosen.length, 1);
    assertMatch(chosen[0]!.reason, /^int8 is \d+\.\d times as fast here$/);
    const run = await openRun(workspace);
    assertEquals(precision, chosen[0]!.precision);
    assertEquals(run.config.precision, precision);
    const { embedded } = await train(workspace);
    assertEquals(embedded, 0);
  },
});

Deno.test("a stage is not planned before a precision is chosen", async () => {
  await using workspace = await testWorkspace("prepared");
  const settings = { precision: "auto" } as const;
  const run = await openRun(workspace, { settings });
  await assertRejects(
    () => run.complete(EMBEDDINGS),
    ConfigError,
    `Cannot embed with precision "auto" as it is chosen by the tasks train and embed of one machine: take float32, float16 or int8`,
  );
});

Deno.test("train() refuses half precision on another engine than webgpu", async () => {
  await using workspace = await testWorkspace("prepared");
  const settings = { precision: "float16", engine: "cpu" } as const;
  await assertRejects(
    () => train(workspace, { settings }),
    ConfigError,
    `Cannot use settings "engine" and "precision" as float16 is computed by the engine webgpu alone: engine is cpu`,
  );
});
