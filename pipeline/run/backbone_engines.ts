/**
 * The engines of the backbone of a run: what one stage has opened may be handed on to
 * the next, and the weights are read once for those that are opened in turn.
 */

import { canonicalJson } from "../artifact/canonical_json.ts";
import { freeBytes } from "../artifact/free_bytes.ts";
import { encodeArithmetic } from "../backbone/arithmetic.ts";
import type { Backbone } from "../backbone/fold.ts";
import type { Embedder } from "../backends/backend.ts";
import type { KnownRows } from "../backends/known_rows.ts";
import type { Opened } from "../backends/open_backend.ts";
import type { BackboneRequest } from "../stages/outside.ts";
import { readNetwork } from "./backbone.ts";
import type { RunParts } from "./events.ts";
import { requireWeights } from "./fetch_preset.ts";

/**
 * Sessions that divide the cores in 8 bits. The threads of a session wait for each other
 * after each image and layer: with a full ResNet-101 on 2 cores a view took 50 ms of CPU
 * time in a session on both, which were idle for 15 % of the time, and 43 ms in a session
 * on each. Not measured on more cores.
 */
const INT8_WORKERS = { workers: 2 };

interface OpenEngine {
  embedder: Embedder;
  /** The stage it works for. */
  stage: string;
  /** How it computes, as text; `undefined` where its graph is not that of the run. */
  key: string | undefined;
  /** Rows that it need not compute, where it is handed on. */
  known?: KnownRows | undefined;
}

/** Says as text what an engine computes; nothing where its graph is not that of the run. */
function keyOf(
  { change, arithmetic = {} }: BackboneRequest,
): string | undefined {
  if (change !== undefined) return undefined;
  const { measures = false } = arithmetic;
  return canonicalJson({ ...encodeArithmetic(arithmetic), measures });
}

/** Opens the backbone of a run for its stages; whoever makes it closes it. */
export class BackboneEngines implements AsyncDisposable {
  readonly #parts: RunParts;
  readonly #opened = new WeakMap<Embedder, OpenEngine>();
  /** The engine that a stage has handed on. */
  #handed: OpenEngine | undefined;
  /** The folded weights, where they are kept. */
  #kept: Promise<Backbone> | undefined;

  constructor(parts: RunParts) {
    this.#parts = parts;
  }

  /** Tells that a stage has an engine. */
  #tell(stage: string, { opened, notes }: Opened<Embedder>): Embedder {
    const { name, description } = opened;
    this.#parts.emit({ type: "engine", stage, name, description, notes });
    return opened;
  }

  /** Reads the network from its file, which is fetched if need be. */
  async #readFile(): Promise<Backbone> {
    await requireWeights(this.#parts);
    const { backbone, preprocessing } = this.#parts;
    return await readNetwork(backbone, preprocessing);
  }

  /** Reads the network, or takes what was kept of it. */
  async #read(keepsWeights: boolean): Promise<Backbone> {
    const reading = this.#kept ?? this.#readFile();
    this.#kept = keepsWeights ? reading : undefined;
    const network = await reading;
    if (!keepsWeights) return network;
    const { weights } = network;
    return {
      ...network,
      weights: { ...weights, values: weights.values.slice() },
    };
  }

  /**
   * Opens the backbone for a stage; takes what was handed on if it computes the same,
   * and closes it otherwise.
   */
  async open(stage: string, request: BackboneRequest = {}): Promise<Embedder> {
    const key = keyOf(request);
    const handed = this.#handed;
    this.#handed = undefined;
    if (handed !== undefined && handed.key === key) {
      handed.stage = stage;
      const { known } = handed;
      if (known) {
        const { withKnownRows } = await import("../backends/known_rows.ts");
        handed.embedder = withKnownRows(handed.embedder, known);
        this.#opened.set(handed.embedder, handed);
      }
      return this.#tell(stage, { opened: handed.embedder, notes: [] });
    }
    await handed?.embedder.close();
    const { openEmbedder } = await import("../backends/open_backend.ts");
    const { openSteady } = await import("../backends/steady_embedder.ts");
    const { change = (graph) => graph, arithmetic = {} } = request;
    const { keepsWeights = false } = request;
    const place = { stage, key };
    const embedder = await openSteady({
      choice: this.#parts.file.config.engine,
      open: async (choice, options, failed) => {
        const read = async () => {
          const network = await this.#read(keepsWeights);
          return { ...network, ...arithmetic, graph: change(network.graph) };
        };
        const coming = { ...arithmetic, read };
        const own = { ...arithmetic.ranges && INT8_WORKERS, ...options };
        const opened = await openEmbedder(choice, coming, own, failed);
        return this.#tell(place.stage, opened);
      },
      tell: (message) =>
        this.#parts.emit({ type: "warning", stage: place.stage, message }),
    });
    this.#opened.set(embedder, Object.assign(place, { embedder }));
    return embedder;
  }

  /** Hands an engine on to the stage that opens the same next, with rows it need not compute. */
  handOn(embedder: Embedder, known?: KnownRows): void {
    const opened = this.#opened.get(embedder);
    if (opened) opened.known = known;
    this.#handed = opened;
  }

  /** Closes the engine that no stage has taken, and frees the weights that are kept. */
  async [Symbol.asyncDispose](): Promise<void> {
    const [handed, kept] = [this.#handed, this.#kept];
    this.#handed = this.#kept = undefined;
    await handed?.embedder.close();
    const network = await kept?.catch(() => undefined);
    if (network) freeBytes(network.weights.values);
  }
}
