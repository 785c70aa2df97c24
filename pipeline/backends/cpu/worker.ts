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
}

let embed: EmbedService["embed"] | undefined;

serveWorker<CpuService>({
  test: testOnnxRuntime,
  start: async ({ backbone }) => {
    const encoded = await encodeForOnnx(backbone);
    ({ embed } = await openOnnxSession(encoded));
    return encoded.description;
  },
  encode: async (backbone, transfer) => {
    const encoded = await encodeForOnnx(backbone);
    transfer.push(encoded.model.buffer);
    return encoded;
  },
  load: async (model) => {
    ({ embed } = await openOnnxSession(model));
  },
  embed: (input) => embed!(input),
});
