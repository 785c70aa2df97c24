/**
 * The machine's own fp32 peak: a large matrix product through the fastest
 * library at hand.
 *
 * @module
 */

import { compareRounds, type Row } from "../bench_row.ts";
import { denoProgram } from "../child.ts";
import type { BenchCase, BenchContext } from "../context.ts";
import { type Entrant, Field } from "../field.ts";
import { pythonProgram } from "../python.ts";
import { median } from "../statistics.ts";

/** Side of the matrices: large enough that a larger one is no faster. */
const SIDE = 2048;

/** Billions of floating-point operations of a product. */
const GIGA_OPERATIONS = 2 * SIDE ** 3 / 1e9;

/** What was measured. */
interface Peak {
  /** Lines of the table. */
  rows: Row[];
  /** The fastest, in Gflop/s. */
  gigaflops: number;
}

/** Measures every library. */
async function measure(context: BenchContext): Promise<Peak> {
  const { cores, quick } = context;
  const count = quick ? 2 : 8;
  const product = { count, operations: GIGA_OPERATIONS };
  const python = (library: string): Entrant => ({
    ...product,
    program: () =>
      pythonProgram("peers/matrix_product.py", ["numpy", library], [
        library,
        `${SIDE}`,
        `${cores}`,
      ]),
  });
  const entrants: Record<string, Entrant> = {
    "onnxruntime-node": {
      ...product,
      program: () => denoProgram("runners/matrix_product.ts", [`${SIDE}`]),
    },
    PyTorch: python("torch"),
    NumPy: python("numpy"),
  };
  await using field = new Field();
  await field.compete(await field.start(entrants, context), context);
  const rows = Object.keys(entrants).map((name): Row => {
    const figure = `fp32 matrix product of side ${SIDE}, ${name}`;
    const ours = field.figures(name);
    if (!ours) return { figure, skipped: field.reason(name)! };
    return compareRounds(figure, { ours, unit: "Gflop/s" });
  });
  const medians = Object.keys(entrants).map((name) => field.figures(name))
    .filter((values) => values !== undefined).map(median);
  return { rows, gigaflops: Math.max(0, ...medians) };
}

/**
 * Measures the peak, at the first call.
 *
 * @param context The run.
 * @returns Lines of the table, and the peak in Gflop/s.
 */
export function measurePeak(context: BenchContext): Promise<Peak> {
  return context.once("peak", () => measure(context));
}

/** The case. */
export const PEAK: BenchCase = {
  name: "peak",
  summary: "fp32 peak of this machine, by a large matrix product",
  run: async (context) => (await measurePeak(context)).rows,
};
