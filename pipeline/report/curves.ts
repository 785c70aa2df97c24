/**
 * Curves of a training: loss and accuracy by epoch, as an SVG.
 *
 * Drawn by Vega-Lite and Vega without a browser. Equal numbers give equal bytes.
 *
 * @module
 */

import { type CurvePoint, toSpec } from "./curve_spec.ts";
import { renderSvg } from "./render_svg.ts";

export type { CurvePoint } from "./curve_spec.ts";

/** Options of {@linkcode renderCurves}. */
export interface CurveOptions {
  bestEpoch?: number | undefined;
}

/**
 * Draws loss and accuracy by epoch, of training and validation, as an SVG.
 *
 * Epochs without validation leave a gap that the line bridges; a history without
 * any shows training alone. Dots mark single epochs up to 25 of them.
 *
 * @example Usage
 * ```ts
 * const svg = await renderCurves(
 *   [{ epoch: 1, trainLoss: 1.2, trainAccuracy: 0.5 }],
 *   { bestEpoch: 1 },
 * );
 * svg.startsWith("<svg"); // true
 * ```
 *
 * @param history The epochs, in order.
 * @param options What to mark.
 * @returns The text of the SVG file.
 * @throws {RangeError} If there is no epoch, or the epoch to mark is not among them.
 */
export async function renderCurves(
  history: readonly CurvePoint[],
  options: CurveOptions = {},
): Promise<string> {
  const { bestEpoch } = options;
  if (history.length === 0) {
    throw new RangeError(
      "Cannot draw curves as there must be at least one epoch: there are 0",
    );
  }
  if (
    bestEpoch !== undefined && !history.some(({ epoch }) => epoch === bestEpoch)
  ) {
    throw new RangeError(
      `Cannot mark the best epoch as it must be one of the ${history.length} drawn: current value is ${bestEpoch}`,
    );
  }
  return await renderSvg(toSpec(history, bestEpoch));
}
