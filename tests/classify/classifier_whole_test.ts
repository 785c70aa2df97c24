import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertNotEquals,
  assertRejects,
} from "@std/assert";
import { fromFileUrl } from "@std/path";
import {
  ConfigError,
  DigestMismatchError,
  evaluate,
  EVALUATION,
  ImageError,
  loadClassifier,
  MissingArtifactError,
  type Prediction,
  prepare,
} from "../../mod.ts";
import { resumeRun } from "../../pipeline/run/open_run.ts";
import { softmax } from "../../pipeline/metrics/loss.ts";
import {
  type TestWorkspace,
  testWorkspace,
  threeSplitRun,
} from "../run/support.ts";
import { decodePixels } from "../support/decode_pixels.ts";
import { tempDir } from "../support/temp_dir.ts";

const PHOTOS = fromFileUrl(new URL("../../fixtures/images/", import.meta.url));
const TINY = fromFileUrl(
  new URL(
    "../../fixtures/backbone/resnet101-tiny.safetensors",
    import.meta.url,
  ),
);

/** Reads the predictions of the evaluation of a run. */
async function predictions(workspace: TestWorkspace): Promise<Prediction[]> {
  const run = await resumeRun(workspace);
  const evaluation = await run.find(EVALUATION);
  return await Array.fromAsync(evaluation!.streamPredictions());
}

Deno.test("classifyMany() says what the evaluation said, of paths, bytes and pixels", async () => {
  await using workspace = await threeSplitRun();
  await evaluate(workspace, { report: false });
  const expected = await predictions(workspace);
  await using classifier = await loadClassifier(workspace, {
    temperature: "none",
  });
  const paths = expected.map(({ path }) => PHOTOS + path);
  const results = await Array.fromAsync(classifier.classifyMany(paths));
  for (const [i, result] of results.entries()) {
    if ("error" in result) throw new Error(result.error);
    const { digest, top5 } = expected[i]!;
    assertEquals([result.photo, result.digest], [paths[i], digest]);
    assertEquals(
      result.top.map((one) => one.class),
      top5.map((one) => one.class),
    );
    result.top.forEach(({ probability }, rank) =>
      assertAlmostEquals(probability, top5[rank]!.probability, 1e-5)
    );
  }
  const path = paths[0]!;
  const bytes = await Deno.readFile(path);
  const fromBytes = await classifier.classify(bytes, { topK: 2 });
  assertEquals(
    fromBytes.top,
    results[0] && "top" in results[0] ? results[0].top.slice(0, 2) : [],
  );
  // The bytes are the caller's own.
  assertEquals(bytes, await Deno.readFile(path));
  const { width, height, data } = await decodePixels(bytes);
  const fromPixels = await classifier.classify({ width, height, data });
  assertEquals(fromPixels.top[0]!.class, fromBytes.top[0]!.class);
});

Deno.test("loadClassifier() divides logits by the temperature of the evaluation, or by another", async () => {
  await using workspace = await threeSplitRun();
  const path = `${PHOTOS}val/leaf/leaf_21.jpg`;
  const probability = async (temperature?: "auto" | "none" | number) => {
    await using classifier = await loadClassifier(workspace, { temperature });
    const { top } = await classifier.classify(path, { topK: 1 });
    return [classifier.temperature, top[0]!.probability] as const;
  };
  assertEquals((await probability())[0], 1);
  const { metrics } = await evaluate(workspace, { report: false });
  const fitted = metrics.calibration.temperature!;
  const [auto, none, four] = [
    await probability("auto"),
    await probability("none"),
    await probability(4),
  ];
  assertEquals([auto[0], none[0], four[0]], [fitted, 1, 4]);
  assert(four[1] < none[1]);
  await assertRejects(() => probability(0), RangeError, "above 0");
  const two = softmax(Float32Array.of(2, 0), 2, 2);
  assertAlmostEquals(two[0]!, 1 / (1 + Math.exp(-1)));
});

Deno.test("classifyMany() reports photos that cannot be used, and goes on", async () => {
  await using workspace = await threeSplitRun();
  await using folder = await tempDir();
  await Deno.writeTextFile(folder.join("text.jpg"), "no photo");
  const good = `${PHOTOS}val/leaf/leaf_21.jpg`;
  const paths = [
    folder.join("gone.jpg"),
    good,
    folder.join("text.jpg"),
    folder.path,
    good,
  ];
  await using classifier = await loadClassifier(workspace);
  const results = await Array.fromAsync(classifier.classifyMany(paths));
  assertEquals(results.map((result) => "error" in result), [
    true,
    false,
    true,
    true,
    false,
  ]);
  await assertRejects(() => classifier.classify(new Uint8Array(3)), ImageError);
});

Deno.test("a classifier with heatmaps gives the same classes, and where they are seen", async () => {
  await using workspace = await threeSplitRun({ imageSize: 64 });
  const path = `${PHOTOS}val/leaf/leaf_21.jpg`;
  await using plain = await loadClassifier(workspace);
  await using mapped = await loadClassifier(workspace, { heatmaps: true });
  const [one, other] = [
    await plain.classify(path),
    await mapped.classify(path),
  ];
  assertEquals(one.heat, undefined);
  const { pixels, side, map } = other.heat!;
  assertEquals([pixels.length, side], [64 * 64 * 3, 64]);
  assertEquals([map.width, map.height, map.values.length], [2, 2, 4]);
  const [, second] = other.top;
  const heat = async (heatmap: boolean | string) =>
    (await mapped.classify(path, { heatmap })).heat?.map.values;
  assertEquals(await heat(false), undefined);
  assertEquals(await heat(true), map.values);
  assertNotEquals(await heat(second!.class), map.values);
  await assertRejects(() => heat("no class"), RangeError, '"no class"');
  one.top.forEach(({ class: name, probability }, i) => {
    assertEquals(other.top[i]!.class, name);
    assertAlmostEquals(other.top[i]!.probability, probability, 1e-5);
  });
});

Deno.test("loadClassifier() keeps what the head was trained with, whatever the settings are now", async () => {
  await using workspace = await threeSplitRun();
  const path = `${PHOTOS}val/leaf/leaf_21.jpg`;
  const classify = async () => {
    await using classifier = await loadClassifier(workspace);
    return await classifier.classify(path);
  };
  const before = await classify();
  await prepare(workspace, {
    settings: { imageSize: 64, orientation: "apply" },
  });
  assertEquals(await classify(), before);
});

Deno.test("loadClassifier() opens nothing when its signal is aborted", async () => {
  await using workspace = await threeSplitRun();
  const signal = AbortSignal.abort(new Error("no more"));
  await assertRejects(
    () => loadClassifier(workspace, { signal }),
    Error,
    "no more",
  );
});

Deno.test("loadClassifier() refuses a run that is not trained", async () => {
  await using workspace = await testWorkspace("prepared");
  await assertRejects(
    () => loadClassifier(workspace, { run: "a" }),
    MissingArtifactError,
    'Cannot use run "a" as there is none of this name',
  );
  await assertRejects(
    () => loadClassifier(workspace),
    MissingArtifactError,
    'Cannot classify with run "default" as its head is not trained to the end: run the task train first',
  );
});

Deno.test("loadClassifier() refuses a backbone that is gone, or another one", async () => {
  await using folder = await tempDir();
  const backbone = folder.join("a.safetensors");
  await Deno.copyFile(TINY, backbone);
  await using workspace = await threeSplitRun({ backbone });
  await Deno.remove(backbone);
  await assertRejects(
    () => loadClassifier(workspace),
    ConfigError,
    `Cannot use backbone "${backbone}"`,
  );
  const bytes = await Deno.readFile(TINY);
  bytes[bytes.length - 1]! ^= 1;
  await Deno.writeFile(backbone, bytes);
  await assertRejects(
    () => loadClassifier(workspace),
    DigestMismatchError,
    backbone,
  );
});

Deno.test("a classifier is disposed of with using too", async () => {
  await using workspace = await threeSplitRun();
  const good = `${PHOTOS}val/leaf/leaf_21.jpg`;
  let left;
  {
    using classifier = await loadClassifier(workspace);
    left = classifier;
    assertEquals((await classifier.classify(good)).top.length, 5);
  }
  await assertRejects(() => left.classify(good), Error, "closed");
  // Waits for what `using` did not wait for.
  await left[Symbol.asyncDispose]();
});
