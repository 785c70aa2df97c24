/**
 * A worker that makes square images of photos, with its own decoders.
 *
 * @module
 */

import { preprocessImage } from "../../image/preprocess.ts";
import type { Geometry } from "../../image/preprocessing.ts";
import { serveWorker } from "../../workers/calls.ts";

/** The functions of the worker. */
export interface PhotoService {
  /** Makes U8 `[imageSize, imageSize, 3]` of the bytes of a file. */
  preprocess(photo: { bytes: Uint8Array; geometry: Geometry }): Promise<
    Uint8Array
  >;
}

serveWorker<PhotoService>({
  preprocess: ({ bytes, geometry }) => preprocessImage(bytes, geometry),
});
