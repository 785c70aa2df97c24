/**
 * The train task in 8 bits, beside itself and others in floating point.
 *
 * @module
 */

import { join } from "@std/path";
import type { Row } from "../bench_row.ts";
import type { BenchCase, BenchContext } from "../context.ts";
import { Field } from "../field.ts";
import { writeWeights } from "../network.ts";
import { median } from "../statistics.ts";
import { entrants, prepareTask } from "./embedding.ts";

/** Reads how embeddings in 8 bits agree with those in floating point. */
async function readAgreement(work: string): Promise<string> {
  const artifacts = join(work, "artifacts");
  for await (const { name } of Deno.readDir(artifacts)) {
    if (!name.startsWith("calibration-")) continue;
    const path = join(artifacts, name, "manifest.json");
    const { counts } = JSON.parse(await Deno.readTextFile(path));
    return `cosine ${counts.meanCosine}, at worst ${counts.worstCosine}`;
  }
  throw new Error(`There is no calibration in ${artifacts}`);
}

/** Measures. */
async function run(context: BenchContext): Promise<Row[]> {
  const weights = await writeWeights(context);
  context.note("preparing the train tasks");
  const quantized = await prepareTask(weights, context, "int8");
  const exact = await prepareTask(weights, context);
  await using field = new Field();
  const { "onnxruntime-node": node, PyTorch } = entrants(weights, context);
  const programs = { "onnxruntime-node": node!, PyTorch: PyTorch! };
  const others = await field.start(programs, context);
  const tasks = { int8: quantized.run, float32: exact.run };
  await field.compete({ ...tasks, ...others }, context);
  const unit = "images/s";
  const least = (value: number) => ({ kind: "least", value }) as const;
  const startUp = median(quantized.startUps);
  const calibration = quantized.firstStartUp - startUp;
  return [
    field.compare(
      "train task in 8 bits / bare onnxruntime-node in 32",
      ["int8", "onnxruntime-node"],
      {
        unit,
        target: least(2.2),
        note: `start-up ${startUp.toFixed(1)} s and calibration ${
          calibration.toFixed(0)
        } s, once, apart`,
      },
    ),
    field.compare("train task in 8 bits / PyTorch in 32", ["int8", "PyTorch"], {
      unit,
      target: least(2.5),
      note: `${context.cores} threads`,
    }),
    field.compare("train task in 8 bits / in 32", ["int8", "float32"], {
      unit,
      note: await readAgreement(quantized.work),
    }),
  ];
}

/** The case. */
export const PRECISION: BenchCase = {
  name: "precision",
  summary: "the train task in 8 bits beside onnxruntime and PyTorch in 32",
  run,
};
