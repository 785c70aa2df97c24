/** A worker that makes square images of photos, with its own decoders. */

import { freeBytes } from "../../artifact/free_bytes.ts";
import type { Tensor } from "../../artifact/safetensors.ts";
import { type SealedFile, sealTensors } from "../../artifact/shard.ts";
import { loadDecoder } from "../../image/decode.ts";
import type { ImageFormat } from "../../image/header.ts";
import type { TurboDecoder } from "../../image/jpeg_turbo.ts";
import { openNativeJpeg } from "../../image/native_jpeg.ts";
import { preprocessImage } from "../../image/preprocess.ts";
import type { Geometry } from "../../image/preprocessing.ts";
import { showImage, type ShownImage } from "../../image/show.ts";
import { serveWorker } from "../../workers/calls.ts";

/** What decodes a photo. */
interface Decoding {
  /** Whether libjpeg-turbo of the system may decode it. */
  native?: boolean;
}

/** A photo to make an image of. */
interface Photo extends Decoding {
  /** The file. */
  bytes: Uint8Array;
  geometry: Geometry;
}

/** A shard that is decoded. */
interface Shard {
  tensors: Record<string, Tensor>;
  metadata: Record<string, string>;
}

/** The functions of the worker. */
export interface PhotoService {
  /** Loads what decodes photos of a format, and does nothing else. */
  start(photos: Decoding & { format: ImageFormat }): Promise<void>;
  /** Makes U8 `[imageSize, imageSize, 3]` of a photo. */
  preprocess(photo: Photo): Promise<Uint8Array>;
  /** Decodes a photo to look at. */
  show(photo: Photo): Promise<ShownImage>;
  seal(shard: Shard, transfer: Transferable[]): Promise<SealedFile>;
}

/** Makes imagescript load a build that its package does not have, so that it decodes nothing. */
const SIMD = "IMAGESCRIPT_WASM_SIMD";

const permission = { name: "env", variable: SIMD } as const;
if (Deno.permissions.querySync(permission).state === "granted") {
  Deno.env.delete(SIMD);
}

let opening: Promise<TurboDecoder | undefined> | undefined;

/** Loads libjpeg-turbo of the system, if it is to decode. */
async function openDecoder(
  { native = false }: Decoding,
): Promise<TurboDecoder | undefined> {
  if (!native) return undefined;
  const decoder = await (opening ??= openNativeJpeg());
  if (decoder === undefined) {
    throw new Error("it cannot load the system's libjpeg-turbo");
  }
  return decoder;
}

serveWorker<PhotoService>({
  async start(photos) {
    await Promise.all([openDecoder(photos), loadDecoder(photos.format)]);
  },
  async preprocess(photo) {
    const { bytes, geometry } = photo;
    const decoder = await openDecoder(photo);
    try {
      return await preprocessImage(bytes, geometry, decoder);
    } finally {
      freeBytes(bytes);
    }
  },
  show: ({ bytes, geometry }) => showImage(bytes, geometry),
  async seal({ tensors, metadata }, transfer) {
    const sealed = await sealTensors(tensors, metadata);
    transfer.push(sealed.bytes.buffer as ArrayBuffer);
    return sealed;
  },
});
