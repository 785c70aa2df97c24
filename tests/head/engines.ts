/**
 * Every engine that runs heads, for the tests of `head/`.
 *
 * @module
 */

import type { EngineName } from "../../pipeline/backbone/engine.ts";
import { startTfjs } from "../../pipeline/backbone/engines/tfjs_backend.ts";
import type { OpenHead } from "../../pipeline/head/network.ts";
import { onnxHeads } from "../../pipeline/head/onnx_network.ts";
import { openTfjsHead } from "../../pipeline/head/tfjs_network.ts";
import {
  loadOnnxRuntime,
  permitsNativeCode,
} from "../../pipeline/onnx/runtime.ts";
import { TFJS_ENGINES } from "../backbone/support.ts";

/** The engines, each with whether its tests are to be ignored. */
export const HEAD_ENGINES: { name: EngineName; ignore: boolean }[] = [
  ...TFJS_ENGINES,
  { name: "cpu", ignore: !await permitsNativeCode() },
];

/** Runs something with what opens heads on an engine. */
export async function withHeads(
  name: EngineName,
  run: (open: OpenHead) => Promise<void>,
): Promise<void> {
  if (name === "cpu") return await run(onnxHeads(await loadOnnxRuntime()));
  const backend = await startTfjs(name);
  try {
    await run(openTfjsHead);
    backend.check();
  } finally {
    await backend.stop();
  }
}

/** A test of each of some engines. */
export function testHeads(
  names: readonly EngineName[],
  title: (name: EngineName) => string,
  run: (open: OpenHead) => Promise<void>,
): void {
  for (const { name, ignore } of HEAD_ENGINES) {
    if (!names.includes(name)) continue;
    const fn = () => withHeads(name, run);
    Deno.test({ name: title(name), ignore, fn });
  }
}
