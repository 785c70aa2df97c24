/** A worker that makes square images of photos, with its own decoders. */

import { freeBytes } from "../../artifact/free_bytes.ts";
import type { TurboDecoder } from "../../image/jpeg_turbo.ts";
import { openNativeJpeg } from "../../image/native_jpeg.ts";
import { preprocessImage } from "../../image/preprocess.ts";
import type { Geometry } from "../../image/preprocessing.ts";
import { showImage, type ShownImage } from "../../image/show.ts";
import { serveWorker } from "../../workers/calls.ts";

/** A photo to make an image of. */
interface Photo {
  /** The file. */
  bytes: Uint8Array;
  geometry: Geometry;
  /** Whether libjpeg-turbo of the system may decode it. */
  native?: boolean;
}

/** The functions of the worker. */
export interface PhotoService {
  /** Makes U8 `[imageSize, imageSize, 3]` of a photo. */
  preprocess(photo: Photo): Promise<Uint8Array>;
  /** Decodes a photo to look at. */
  show(photo: Photo): Promise<ShownImage>;
}

/** Makes imagescript load a build that its package does not have, so that it decodes nothing. */
const SIMD = "IMAGESCRIPT_WASM_SIMD";

const permission = { name: "env", variable: SIMD } as const;
if (Deno.permissions.querySync(permission).state === "granted") {
  Deno.env.delete(SIMD);
}

let opening: Promise<TurboDecoder | undefined> | undefined;

serveWorker<PhotoService>({
  async preprocess({ bytes, geometry, native = false }) {
    const decoder = native ? await (opening ??= openNativeJpeg()) : undefined;
    if (native && decoder === undefined) {
      throw new Error("it cannot load the system's libjpeg-turbo");
    }
    try {
      return await preprocessImage(bytes, geometry, decoder);
    } finally {
      freeBytes(bytes);
    }
  },
  show: ({ bytes, geometry }) => showImage(bytes, geometry),
});
