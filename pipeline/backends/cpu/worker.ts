/**
 * The worker of the backbone on `cpu`. onnxruntime blocks the thread that calls it,
 * and would keep the main thread from reading, writing and handling Ctrl-C.
 */

import { serveWorker } from "../../workers/calls.ts";
import type { EmbedService } from "../embed_worker.ts";
import { openOnnxSession, testOnnxRuntime } from "./session.ts";

let embed: EmbedService["embed"] | undefined;

serveWorker<EmbedService>({
  test: testOnnxRuntime,
  start: async ({ backbone }) => {
    const session = await openOnnxSession(backbone);
    embed = session.embed;
    return session.description;
  },
  embed: (input) => embed!(input),
});
