/**
 * The devices of a stage: opened when it first asks for one, and reported in an event.
 */

import type { Embedder } from "../backends/backend.ts";
import { openCompute } from "../backends/open_backend.ts";
import type { Devices } from "../stages/outside.ts";
import type { BackboneEngines } from "./backbone_engines.ts";
import type { RunParts } from "./events.ts";
import { Artifact } from "../artifact/artifact.ts";
import type { SavedHead } from "../head/checkpoint.ts";
import { HEAD } from "../stages/head.ts";

/**
 * Reads the head that a run was trained to last, whatever its settings are now.
 *
 * @returns The head; `undefined` if there is none, or it is on another backbone.
 */
async function readLastHead(
  { store, file, backbone }: RunParts,
): Promise<SavedHead | undefined> {
  const found = await Artifact.find(store, file.works[HEAD.name]);
  if (found === undefined) return undefined;
  const trained = await HEAD.open(found);
  const head = await trained.readHead();
  const { metadata } = head;
  const isOwn = metadata.backbone === backbone.digest &&
    metadata.variant === backbone.variant;
  return isOwn ? head : undefined;
}

/**
 * Prepares to open devices for a stage.
 *
 * @param engines Those of the backbone; what the stage does not hand on is closed with the rest.
 */
export function openDevices(
  parts: RunParts,
  stage: string,
  engines: BackboneEngines,
): Devices & AsyncDisposable {
  const { engine: choice } = parts.file.config;
  const stack = new AsyncDisposableStack();
  const checks: (() => void)[] = [];
  const embedders = new Set<Embedder>();
  stack.defer(async () => {
    for (const embedder of embedders) await embedder.close();
  });
  return {
    readLastHead: () => readLastHead(parts),
    async openBackbone(request) {
      const embedder = await engines.open(stage, request);
      embedders.add(embedder);
      return embedder;
    },
    handOn(embedder, known) {
      engines.handOn(embedder, known);
      embedders.delete(embedder);
    },
    async openCompute(lastEngine) {
      const { opened, notes } = await openCompute(choice, lastEngine);
      const { name, description } = opened;
      parts.emit({ type: "engine", stage, name, description, notes });
      stack.defer(() => opened.close());
      checks.push(() => opened.check());
      return opened;
    },
    checkDevices() {
      for (const check of checks) check();
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
