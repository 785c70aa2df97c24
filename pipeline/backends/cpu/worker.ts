/**
 * The worker of the backbone on `cpu`. onnxruntime blocks the thread that calls it,
 * and would keep the main thread from reading, writing and handling Ctrl-C.
 */

import type { Backbone } from "../../backbone/fold.ts";
import { serveWorker } from "../../workers/calls.ts";
import type { EmbedService } from "../embed_worker.ts";
import {
  type EncodedBackbone,
  encodeForOnnx,
  type OnnxBackbone,
  openOnnxSession,
  testOnnxRuntime,
} from "./session.ts";

/** Its functions: a backbone in integers may be encoded by one worker, and loaded by several. */
export interface CpuService extends EmbedService {
  /** Encodes a backbone; its weights are handed over. */
  encode(
    backbone: Backbone,
    transfer: Transferable[],
  ): Promise<EncodedBackbone>;
  /** Loads what was encoded. */
  load(model: EncodedBackbone): Promise<void>;
  /** Frees what is loaded, if anything is. */
  release(): Promise<void>;
}

let loaded: OnnxBackbone | undefined;

serveWorker<CpuService>({
  test: testOnnxRuntime,
  start: async ({ backbone }) => {
    const encoded = await encodeForOnnx(backbone);
    loaded = await openOnnxSession(encoded);
    return encoded.description;
  },
  encode: async (backbone, transfer) => {
    const encoded = await encodeForOnnx(backbone);
    transfer.push(encoded.model.buffer);
    return encoded;
  },
  load: async (model) => {
    loaded = await openOnnxSession(model);
  },
  embed: (input) => loaded!.embed(input),
  release: async () => await loaded?.release(),
});
