/**
 * The worker of the cpu engine. onnxruntime makes the thread that calls it wait,
 * and would keep the main thread from reading, writing and hearing Ctrl-C.
 *
 * @module
 */

import { openOnnxSession, testOnnxRuntime } from "./onnx_session.ts";
import { serveWorker } from "./serve_worker.ts";

serveWorker({
  test: testOnnxRuntime,
  start: ({ backbone }) => openOnnxSession(backbone),
});
