/**
 * Squares of indexed photos: each must be the one that was indexed, and what is under
 * way has a budget of memory.
 */

import { sha256 } from "../artifact/digest.ts";
import type { ReadableStore } from "../artifact/store.ts";
import { Budget } from "../budget.ts";
import type { ImageRecord } from "../dataset/image_record.ts";
import { DatasetError, ImageError } from "../errors.ts";
import { MAX_FILE_BYTES, MAX_PIXELS } from "../image/header.ts";
import { deservesAnother, type Preprocessor } from "../image/preprocessor.ts";

/** What decodes photos. */
interface DecoderParts {
  photos: ReadableStore;
  preprocessor: Preprocessor;
  /** Hears what takes long, as a sentence without a period. */
  tell: (message: string) => void;
}

/** Reads a photo, which must be the one that was indexed. */
async function readPhoto(
  record: ImageRecord,
  photos: ReadableStore,
): Promise<Uint8Array> {
  const entry = await photos.stat(record.path);
  const isOfSize = entry === undefined || entry.sizeBytes === record.sizeBytes;
  const bytes = isOfSize ? await photos.read(record.path) : undefined;
  if (bytes === undefined || await sha256(bytes) !== record.digest) {
    const found = entry === undefined
      ? "there is no such file now"
      : "its bytes have changed";
    throw new DatasetError(
      `Cannot use "${record.path}" as photos must not change after they are indexed: ${found}; run the task prepare with --verify`,
    );
  }
  return bytes;
}

/** The whole of what all photos under way may have: the pixels, or the bytes, of the largest. */
const MEMORY = 2 ** 30;

/** The part of {@linkcode MEMORY} that a photo takes, in whole numbers, which add up. */
function memoryOf({ width, height, sizeBytes }: ImageRecord): number {
  const part = Math.max(
    width * height / MAX_PIXELS,
    sizeBytes / MAX_FILE_BYTES,
  );
  return Math.min(MEMORY, Math.ceil(part * MEMORY));
}

/**
 * Makes squares of photos. One whose decoder hangs or crashes is tried once more when
 * nothing else is under way, so that a busy machine does not decide what it is.
 *
 * @param parts Where the photos are, and what decodes them.
 * @returns Makes U8 `[S, S, 3]` of a photo, or says why it cannot be used. It throws a `DatasetError` if the photo is not what was indexed, and what the preprocessor throws if that does not work at all.
 */
export function photoDecoder(
  { photos, preprocessor, tell }: DecoderParts,
): (record: ImageRecord) => Promise<Uint8Array | ImageError> {
  const memory = new Budget(MEMORY);
  async function decode(
    record: ImageRecord,
    memoryNeeded: number,
    make: (bytes: Uint8Array) => Promise<Uint8Array>,
  ): Promise<Uint8Array | Error> {
    using _part = await memory.take(memoryNeeded);
    const bytes = await readPhoto(record, photos);
    return await make(bytes).catch((error: Error) => error);
  }
  return async (record) => {
    let made = await decode(record, memoryOf(record), preprocessor.preprocess);
    const { again } = preprocessor;
    if (again && deservesAnother(made)) {
      tell(`"${record.path}" is tried again, alone: ${made.message}`);
      made = await decode(record, MEMORY, again);
    }
    if (made instanceof Error && !(made instanceof ImageError)) throw made;
    return made;
  };
}
