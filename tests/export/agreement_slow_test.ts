/**
 * The same photos through `predict` and every export: 60 with the embedded backbone,
 * and a few with a full-size one, which takes a tenth of a second for each, and some of
 * the programs half a second.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import {
  evaluate,
  EVALUATION,
  EXPORT_FORMATS,
  type ExportFormatName,
  loadClassifier,
  prepare,
  train,
} from "../../mod.ts";
import type { Config } from "../../pipeline/config/config_type.ts";
import { resumeRun } from "../../pipeline/run/open_run.ts";
import { encodeSafetensors } from "../../pipeline/artifact/safetensors.ts";
import { toTensor } from "../../pipeline/artifact/tensor.ts";
import { preprocessImage } from "../../pipeline/image/preprocess.ts";
import { HAS_NATIVE_CODE } from "../backends/support.ts";
import { benchGraph, encodeWeights } from "../bench/network.ts";
import { type TestWorkspace, testWorkspace } from "../run/support.ts";
import { copyFew } from "../support/few_photos.ts";
import { HAS_SHARED, SHARED } from "../support/fixtures.ts";
import { findPython } from "../support/python.ts";
import { tempDir } from "../support/temp_dir.ts";
import { runInPython, runOnnx, runPlainTfjs } from "./other_programs.ts";
import { exported, largestDifference } from "./support.ts";
import { torchOfFile } from "./torch.ts";

const PHOTOS = fromFileUrl(new URL("data/flowers/", SHARED));

/** Photos of each of the five classes that the full-size network sees. */
const FEW = { train: 3, val: 2 };

/** Image size of the full-size network; its layers are as wide as at 224. */
const FULL_SIZE = 128;

const runInTorch = torchOfFile(await findPython("torch, h5py"));

const OPENCV = await findPython("cv2");

/** What the exports are held to, and what they are given. */
interface Photos {
  /** What `predict` says, `[n, C]`. */
  expected: number[];
  /** U8 `[n, S, S, 3]`. */
  images: Uint8Array;
  shape: number[];
  /** The same in a file. */
  path: string;
}

/** Prepares, trains and evaluates a run on flowers. */
async function trainOnFlowers(
  own: Partial<Config>,
): Promise<TestWorkspace> {
  const workspace = await testWorkspace();
  const settings = { ...own, engine: "cpu", epochs: 20 } as const;
  await prepare(workspace, { settings });
  await train(workspace);
  await evaluate(workspace, { report: false });
  return workspace;
}

/** Classifies the files of the evaluated split as `predict` does, and makes their squares. */
async function classifyFiles(workspace: TestWorkspace): Promise<Photos> {
  const run = await resumeRun(workspace);
  const evaluation = (await run.find(EVALUATION))!;
  const predictions = await Array.fromAsync(evaluation.streamPredictions());
  const paths = predictions.map(({ path }) => PHOTOS + path);
  await using classifier = await loadClassifier(workspace);
  const { classNames, model } = classifier;
  const topK = classNames.length;
  const expected: number[] = [];
  for await (const result of classifier.classifyMany(paths, { topK })) {
    if ("error" in result) throw new Error(result.error);
    const { top } = result;
    expected.push(
      ...classNames.map((name) =>
        top.find((one) => one.class === name)!.probability
      ),
    );
  }
  const { geometry } = model.preprocessing;
  const { imageSize: side } = geometry;
  const images = new Uint8Array(paths.length * side ** 2 * 3);
  for (const [i, path] of paths.entries()) {
    const square = await preprocessImage(await Deno.readFile(path), geometry);
    images.set(square, i * side ** 2 * 3);
  }
  const shape = [paths.length, side, side, 3];
  const path = `${workspace.root}/photos.safetensors`;
  const bytes = encodeSafetensors({ image: toTensor(images, shape) });
  await Deno.writeFile(path, bytes);
  return { expected, images, shape, path };
}

/** Labels of the largest probabilities. */
function top1(rows: ArrayLike<number>, count: number): number[] {
  const classes = rows.length / count;
  return Array.from({ length: count }, (_, i) => {
    const row = Array.from(rows).slice(i * classes, (i + 1) * classes);
    return row.indexOf(Math.max(...row));
  });
}

/** The programs that run a format; without those that the check has run on the same photos, where that takes minutes. */
function programsOf(
  format: ExportFormatName,
  folder: string,
  options: { photos: Photos; isSmall: boolean; half: boolean },
): [name: string, run: () => Promise<ArrayLike<number>>][] {
  const { photos, isSmall, half } = options;
  switch (format) {
    case "onnx": {
      const script = "run_onnx.py";
      const run = () => runInPython(OPENCV!, script, folder, photos.path);
      return [
        ...(["node", "web"] as const)
          .filter((runtime) => isSmall || runtime === "web" && !half)
          .map((runtime): [string, () => Promise<number[]>] => [
            `onnxruntime-${runtime}`,
            () => runOnnx(runtime, folder, photos.path),
          ]),
        // It takes no weights that are cast.
        ...OPENCV && !half ? [["OpenCV", run] as [string, typeof run]] : [],
      ];
    }
    case "tfjs":
      return isSmall
        ? [["plain tfjs", () => runPlainTfjs(folder, photos)]]
        : [];
    case "safetensors":
    case "keras": {
      const script = `run_${format}.py`;
      const run = () => runInTorch!(script, folder, photos.path);
      return runInTorch ? [["PyTorch", run]] : [];
    }
    default:
      return [];
  }
}

/** Writes a small number. */
function short(value: number): string {
  return value.toExponential(1);
}

/** Sizes of files, in 10^6 bytes. */
function megabytes(files: readonly { sizeBytes: number }[]): string {
  const bytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return (bytes / 1e6).toFixed(1);
}

/** Exports in every format, and holds each to what `predict` says. */
async function compareAll(
  t: Deno.TestContext,
  workspace: TestWorkspace,
  isSmall: boolean,
): Promise<void> {
  const photos = await classifyFiles(workspace);
  const [count] = photos.shape as [number];
  assertEquals(count, isSmall ? 60 : 5 * FEW.val);
  const wanted = top1(photos.expected, count);
  const table: Record<string, object> = {};
  // At full size each run of tfjs on WebAssembly takes most of a minute.
  const formats = EXPORT_FORMATS.filter((format) =>
    isSmall || !["tfjs", "web", "keras"].includes(format)
  );
  for (const format of formats) {
    const hasHalf = isSmall && format !== "keras";
    for (const half of hasHalf ? [false, true] : [false]) {
      const title = half ? `${format} --half` : format;
      await t.step(title, async () => {
        const out = `${workspace.root}/${format}-${half}`;
        const started = performance.now();
        const { check, files } = await exported(workspace, {
          format,
          out,
          half,
        });
        const seconds = ((performance.now() - started) / 1000).toFixed(1);
        const size = megabytes(files);
        const own = check.agreement;
        assertEquals(own.sameTop1, count);
        table[`${title}: check`] = {
          ...{ same: own.sameTop1, difference: short(own.largestDifference) },
          ...{ size, seconds, after: check.half?.top1After },
        };
        const options = { photos, isSmall, half };
        for (const [name, run] of programsOf(format, out, options)) {
          const rows = await run();
          const difference = largestDifference(rows, photos.expected);
          const labels = top1(rows, count);
          const same = labels.filter((label, i) => label === wanted[i]).length;
          table[`${title}: ${name}`] = { same, difference: short(difference) };
          assertEquals(same, count, name);
          assert(difference <= (half ? 1e-2 : 1e-4), `${name}: ${difference}`);
        }
      });
    }
  }
  // deno-lint-ignore no-console
  console.table(table);
}

for (const name of ["embedded", "full-size"]) {
  Deno.test({
    name: `exports with the ${name} backbone answer as predict does`,
    ignore: !HAS_NATIVE_CODE || !HAS_SHARED,
    async fn(t) {
      await using folder = await tempDir();
      const path = folder.join("formula.safetensors");
      const few = folder.join("photos");
      if (name === "full-size") {
        await Deno.writeFile(path, encodeWeights(benchGraph(64, FULL_SIZE)));
        await copyFew(PHOTOS, few, FEW);
      }
      await using workspace = name === "full-size"
        ? await trainOnFlowers({
          data: few,
          backbone: path,
          imageSize: FULL_SIZE,
        })
        : await trainOnFlowers({ data: PHOTOS });
      await compareAll(t, workspace, name === "embedded");
      for (const file of ["README.md", "export.json"]) {
        const path = `${workspace.root}/onnx-false/${file}`;
        const text = await Deno.readTextFile(path);
        assert(!text.includes("formula"), file);
        const licence = name === "full-size" ? /unknown/ : /MIT/;
        assert(licence.test(text), file);
      }
    },
  });
}
