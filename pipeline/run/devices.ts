/**
 * The devices of a stage: opened when it first asks for one, and reported in an event.
 */

import type { Compute, Embedder } from "../backends/backend.ts";
import {
  openCompute,
  type Opened,
  openEmbedder,
} from "../backends/open_backend.ts";
import { openSteady } from "../backends/steady_embedder.ts";
import type { Devices } from "../stages/outside.ts";
import { readNetwork } from "./backbone.ts";
import { requireWeights } from "./fetch_preset.ts";
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

/** Prepares to open devices for a stage. */
export function openDevices(
  parts: RunParts,
  stage: string,
): Devices & AsyncDisposable {
  const { engine: choice } = parts.file.config;
  const stack = new AsyncDisposableStack();
  const checks: (() => void)[] = [];
  const tell = <T extends Embedder | Compute>({ opened, notes }: Opened<T>) => {
    const { name, description } = opened;
    parts.emit({ type: "engine", stage, name, description, notes });
    return opened;
  };
  return {
    now: () => performance.now(),
    readLastHead: () => readLastHead(parts),
    async openBackbone(change = (graph) => graph, arithmetic = {}) {
      await requireWeights(parts);
      const embedder = await openSteady({
        choice,
        async open(choice, options, failed) {
          const read = async () => {
            const { backbone, preprocessing } = parts;
            const network = await readNetwork(backbone, preprocessing);
            return { ...network, ...arithmetic, graph: change(network.graph) };
          };
          const coming = { ...arithmetic, read };
          return tell(await openEmbedder(choice, coming, options, failed));
        },
        tell: (message) => parts.emit({ type: "warning", stage, message }),
      });
      stack.defer(() => embedder.close());
      return embedder;
    },
    async openCompute(lastEngine) {
      const compute = tell(await openCompute(choice, lastEngine));
      stack.defer(() => compute.close());
      checks.push(() => compute.check());
      return compute;
    },
    checkDevices() {
      for (const check of checks) check();
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
