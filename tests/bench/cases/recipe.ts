/**
 * The whole recipe of 100 epochs, beside the same one in PyTorch.
 *
 * @module
 */

import { fromFileUrl } from "@std/path";
import { HAS_SHARED, SHARED } from "../../support/fixtures.ts";
import { compareRounds, type Row } from "../bench_row.ts";
import { type BenchCase, type BenchContext, SkipError } from "../context.ts";
import { measureTask, runMeasured } from "../measured_task.ts";
import { writeWeights } from "../network.ts";
import { findPython } from "../python.ts";
import { takeRounds } from "../rounds.ts";

/** Epochs of the recipe. */
const EPOCHS = 100;

/** Path of something beside the project. */
function sharedPath(path: string): string {
  return fromFileUrl(new URL(path, SHARED));
}

/** Runs the three tasks in an empty work directory; returns their seconds. */
async function runOurs(
  weights: string,
  context: BenchContext,
  precision: "float32" | "int8",
) {
  const work = await Deno.makeTempDir({ dir: context.directory });
  const flags = [`--work=${work}`];
  const { seconds } = await measureTask("prepare", [
    ...flags,
    `--data=${sharedPath("data/flowers")}`,
    `--backbone=${weights}`,
    `--image-size=${context.imageSize}`,
    "--preprocessing=seed",
  ]);
  const train = await measureTask("train", [
    ...flags,
    `--epochs=${EPOCHS}`,
    `--precision=${precision}`,
  ]);
  const evaluation = await measureTask("eval", flags);
  await Deno.remove(work, { recursive: true });
  return seconds + train.seconds + evaluation.seconds;
}

/** What the recipe in PyTorch prints of its time. */
interface TorchSeconds {
  seconds: { head: number };
}

/** Measures. */
async function run(context: BenchContext): Promise<Row[]> {
  if (!HAS_SHARED) throw new SkipError("the photos are not beside the project");
  const python = await findPython(["torch", "PIL"]);
  const weights = await writeWeights(context);
  const torch = (args: readonly string[]) =>
    runMeasured(python, [
      sharedPath("peers/torch_recipe.py"),
      weights,
      sharedPath("data/flowers"),
      `--size=${context.imageSize}`,
      `--threads=${context.cores}`,
      ...args,
    ]);
  const contestants = {
    ours: () => runOurs(weights, context, "float32"),
    int8: () => runOurs(weights, context, "int8"),
    cached: async () => (await torch([`--epochs=${EPOCHS}`])).seconds,
    async uncached() {
      const run = await torch(["--epochs=1", "--no-cache"]);
      // The network is warm by then: it has embedded the held-out images.
      const { head: anEpoch } = (run.output as unknown as TorchSeconds).seconds;
      return run.seconds + (EPOCHS - 1) * anEpoch;
    },
  };
  context.note("warming up the recipe");
  await contestants.ours();
  context.note(`${context.runs} rounds of the recipe, ours and PyTorch's`);
  const { ours, int8, cached, uncached } = await takeRounds(
    contestants,
    context.runs,
  );
  const common = { ours: ours!, above: "peer", unit: "s" } as const;
  const figure = `${EPOCHS} epochs: PyTorch`;
  return [
    compareRounds(`${figure} without cache / the three tasks`, {
      ...common,
      peer: uncached!,
      target: { kind: "least", value: 40 },
      note: `PyTorch's first epoch measured, the other ${
        EPOCHS - 1
      } extrapolated from it`,
    }),
    compareRounds(`${figure} without cache / the three tasks in 8 bits`, {
      ...common,
      ours: int8!,
      peer: uncached!,
      target: { kind: "least", value: 80 },
      note: "with the calibration",
    }),
    compareRounds(`${figure} with its cache / the three tasks`, {
      ...common,
      peer: cached!,
    }),
  ];
}

/** The case. */
export const RECIPE: BenchCase = {
  name: "recipe",
  summary: "the whole recipe at 100 epochs beside PyTorch's",
  run,
};
