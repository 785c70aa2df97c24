/**
 * Shares of the machine's peak that engines reach.
 *
 * @module
 */

import { compareRounds, type Row } from "../bench_row.ts";
import type { BenchContext } from "../context.ts";
import type { Field } from "../field.ts";
import { benchGraph, countMultiplications } from "../network.ts";
import { measurePeak } from "./peak.ts";

/**
 * Makes a line of the share of each engine.
 *
 * @param field What has run.
 * @param engines Names of the engines.
 * @param context The run.
 * @returns The lines.
 */
export async function sharesOfPeak(
  field: Field,
  engines: readonly string[],
  context: BenchContext,
): Promise<Row[]> {
  const graph = benchGraph(context.width, context.imageSize);
  const multiplications = countMultiplications(graph);
  const { gigaflops } = await measurePeak(context);
  const billions = (multiplications / 1e9).toFixed(3);
  return engines.map((engine): Row => {
    const figure = `${engine} engine / fp32 peak`;
    const rates = field.figures(engine);
    if (!rates) return { figure, skipped: field.reason(engine)! };
    return compareRounds(figure, {
      ours: rates.map((rate) => rate * 2 * multiplications / 1e9),
      peer: rates.map(() => gigaflops),
      unit: "Gflop/s",
      note:
        `an image is ${billions} G multiplications, twice as many operations`,
    });
  });
}
