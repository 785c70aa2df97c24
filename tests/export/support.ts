/**
 * A run that was evaluated, and its exports.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { decodeSafetensors } from "../../pipeline/artifact/safetensors.ts";
import { toFloat32 } from "../../pipeline/artifact/tensor.ts";
import {
  evaluate,
  type ExportOptions,
  type ExportResult,
  exportRun,
} from "../../mod.ts";
import { type TestWorkspace, threeSplitRun } from "../run/support.ts";

/** Prepares, trains and evaluates a run, with three splits so that there is a temperature. */
export async function evaluated(settings = {}): Promise<TestWorkspace> {
  const workspace = await threeSplitRun(settings);
  await evaluate(workspace, { report: false });
  return workspace;
}

/** Exports a run into the folder `out` of its work directory, or another of this name. */
export async function exported(
  workspace: TestWorkspace,
  options: Partial<ExportOptions> & Pick<ExportOptions, "format">,
): Promise<ExportResult & { folder: string }> {
  const folder = options.out ?? `${workspace.root}/out`;
  return { ...await exportRun(workspace, { ...options, out: folder }), folder };
}

/** What travels with an export to check it by. */
export interface Golden {
  /** U8 `[n, S, S, 3]`. */
  images: Uint8Array;
  /** Shape of the images. */
  shape: number[];
  /** F32 `[n, C]`. */
  logits: Float32Array;
  /** F32 `[n, C]`. */
  probabilities: Float32Array;
}

/** Returns the largest difference between numbers. */
export function largestDifference(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
): number {
  assertEquals(actual.length, expected.length);
  return Array.from(expected, (value, i) => Math.abs(value - actual[i]!))
    .reduce((most, difference) => Math.max(most, difference), 0);
}

/** Reads what travels with an export to check it by. */
export async function readGoldenOf(folder: string): Promise<Golden> {
  const path = `${folder}/golden.safetensors`;
  const { tensors } = decodeSafetensors(await Deno.readFile(path), path);
  const image = tensors.get("image")!;
  const numbers = (name: string) => toFloat32(tensors.get(name)!, name);
  return {
    images: image.data,
    shape: image.shape,
    logits: numbers("logits"),
    probabilities: numbers("probabilities"),
  };
}
