/**
 * A worker of the decoders that fails, crashes or hangs where the end of a photo
 * says so.
 *
 * @module
 */

import { sealTensors } from "../../pipeline/artifact/shard.ts";
import { preprocessImage } from "../../pipeline/image/preprocess.ts";
import type { PhotoService } from "../../pipeline/run/preprocess/worker.ts";
import { serveWorker } from "../../pipeline/workers/calls.ts";

serveWorker<PhotoService>({
  async preprocess({ bytes, geometry }) {
    const end = new TextDecoder().decode(bytes.subarray(-5));
    if (end.endsWith("fail")) throw new Error("out of memory");
    if (end.endsWith("hang")) await new Promise(() => {});
    // Nothing ends that but the end of the process.
    if (end.endsWith("loop")) { for (;;); }
    if (end.endsWith("crash")) {
      setTimeout(() => {
        // Without frames, or the test would print them.
        throw Object.assign(new Error("out of memory"), { stack: "" });
      });
      await new Promise(() => {});
    }
    return await preprocessImage(bytes, geometry);
  },
  start: () => Promise.resolve(),
  show: () => Promise.reject(new Error("nobody asks")),
  seal: ({ tensors, metadata }) => sealTensors(tensors, metadata),
});
