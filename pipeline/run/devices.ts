/**
 * The devices of a stage: opened when it first asks for one, and named to the
 * listener.
 *
 * @module
 */

import { openCompute } from "../backends/open_backend.ts";
import type { Devices } from "../stages/outside.ts";
import { openBackboneEngine } from "./backbone_engine.ts";
import type { RunParts } from "./run_parts.ts";
import { requireWeights } from "./run_backbone.ts";

/**
 * Prepares to open devices for a stage.
 *
 * @param parts The run.
 * @param stage Name of the stage.
 * @returns What opens them, and closes all that were opened.
 */
export function openDevices(
  parts: RunParts,
  stage: string,
): Devices & AsyncDisposable {
  const opened = new AsyncDisposableStack();
  const checks: (() => void)[] = [];
  return {
    async openBackbone(change) {
      await requireWeights(parts);
      const engine = await openBackboneEngine(parts, stage, change);
      opened.defer(() => engine.close());
      return engine;
    },
    async openCompute(begunOn) {
      const choice = parts.file.config.engine;
      const { opened: compute, notes } = await openCompute(choice, begunOn);
      opened.defer(() => compute.close());
      checks.push(() => compute.check());
      const { name, description } = compute;
      parts.emit({ type: "engine", stage, name, description, notes });
      return compute;
    },
    checkDevices() {
      for (const check of checks) check();
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
