/** What can be classified: files, their bytes, or pixels. */

import { FileAccessError } from "../errors.ts";
import { limitFileBytes } from "../image/header.ts";

/** Decoded pixels, such as those of a canvas. */
export interface PixelImage {
  /** Width in pixels. */
  width: number;
  /** Height in pixels. */
  height: number;
  /** U8 `[height, width, 3]` in RGB, or `[height, width, 4]` with an alpha that is ignored. */
  data: Uint8Array | Uint8ClampedArray;
}

/** A photo: the bytes of a file, the path of one, or pixels. */
export type Photo = Uint8Array | string | PixelImage;

/**
 * Says whether a photo is pixels.
 *
 * @throws {TypeError} If it is nothing that can be classified.
 */
export function isPixels(photo: Photo): photo is PixelImage {
  if (typeof photo === "string" || photo instanceof Uint8Array) return false;
  if (typeof photo === "object" && photo !== null && "data" in photo) {
    return true;
  }
  throw new TypeError(
    "Cannot classify a photo as it must be a path, the bytes of a file as a Uint8Array, or pixels as { width, height, data }",
  );
}

/**
 * Takes the alpha of pixels away.
 *
 * @param image The pixels.
 * @returns A copy, U8 `[height, width, 3]`.
 * @throws {RangeError} If there are neither 3 nor 4 channels, or no pixels.
 */
export function toRgb({ width, height, data }: PixelImage): Uint8Array {
  const isSize = (side: number) => Number.isSafeInteger(side) && side > 0;
  if (!isSize(width) || !isSize(height)) {
    throw new RangeError(
      `Cannot classify ${width}x${height} pixels as width and height must be positive integers`,
    );
  }
  const count = width * height;
  if (data.length === count * 3) return Uint8Array.from(data);
  if (data.length !== count * 4) {
    throw new RangeError(
      `Cannot classify ${width}x${height} pixels as they must have 3 or 4 channels: they have ${data.length} bytes`,
    );
  }
  const rgb = new Uint8Array(count * 3);
  for (let i = 0; i < count; i++) {
    rgb.set(data.subarray(i * 4, i * 4 + 3), i * 3);
  }
  return rgb;
}

/**
 * Reads the file of a photo.
 *
 * @param photo Its path, or its bytes.
 * @returns Its bytes; a copy, as they may be handed to another thread.
 * @throws {FileAccessError} If it cannot be read.
 */
export async function readPhoto(
  photo: string | Uint8Array,
): Promise<Uint8Array> {
  return typeof photo === "string" ? await readFile(photo) : photo.slice();
}

/** Says why a file cannot be read; in the words of the system where that is rare. */
function reasonOf(cause: unknown): string {
  const { NotCapable, NotADirectory, NotFound, PermissionDenied } = Deno.errors;
  if (cause instanceof NotFound || cause instanceof NotADirectory) {
    return "there is no such file";
  }
  if (cause instanceof PermissionDenied || cause instanceof NotCapable) {
    return "it may not be read";
  }
  // Without the path at its end, which the error names already.
  return (cause as Error).message.replace(/( \(os error \d+\))?: \w+ '.*/s, "");
}

/** Reads a file that must be a photo by its kind and size. */
async function readFile(path: string): Promise<Uint8Array> {
  try {
    const info = await Deno.stat(path);
    if (info.isDirectory) throw new FileAccessError(path, "it is a folder");
    // Reading a pipe or a device may never end.
    if (!info.isFile) throw new FileAccessError(path, "it is not a file");
    limitFileBytes(info.size);
    return await Deno.readFile(path);
  } catch (cause) {
    if (cause instanceof FileAccessError) throw cause;
    throw new FileAccessError(path, reasonOf(cause), { cause });
  }
}
