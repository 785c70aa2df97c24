/**
 * A worker that makes square images of photos: one thread with decoders of its
 * own.
 *
 * @module
 */

import { ImageError } from "../../errors.ts";
import { preprocessImage } from "../../image/preprocess.ts";
import type { PhotoAnswer, PhotoMessage } from "./messages.ts";

/** The part of a worker's global scope that is used here. */
interface WorkerScope {
  onmessage: (event: MessageEvent<PhotoMessage>) => void;
  postMessage(message: PhotoAnswer, transfer?: Transferable[]): void;
}

const scope = globalThis as unknown as WorkerScope;

/** Answers one photo. */
async function answer({ bytes, geometry }: PhotoMessage): Promise<void> {
  try {
    const made = await preprocessImage(bytes, geometry);
    const pixels = made as Uint8Array<ArrayBuffer>;
    scope.postMessage({ pixels }, [pixels.buffer]);
  } catch (error) {
    // Errors lose their class on the way to another thread.
    const { message } = error as Error;
    scope.postMessage(
      error instanceof ImageError ? { reason: message } : { error: message },
    );
  }
}

// One after the other, so that answers come in the order of the photos.
let last = Promise.resolve();
scope.onmessage = ({ data }) => {
  last = last.then(() => answer(data));
};
