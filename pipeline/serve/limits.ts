/**
 * What a server takes before it says no. Each limit holds before the memory it
 * protects is allocated.
 */

/** What a server takes. */
export interface ServeLimits {
  /** Most bytes of the body of a request. */
  bodyBytes: number;
  /** Most pixels of a photo, by its header. */
  pixels: number;
  /** Pixels from which on photos are decoded one at a time, so that the others go on. */
  largePixels: number;
  /** Most photos of a request. */
  photosARequest: number;
  /** Most photos that wait or are worked on; beyond, requests are refused. */
  queuedPhotos: number;
  /** Most bytes of bodies that are held; beyond, requests are refused. */
  queuedBytes: number;
  /** Longest time from the head of a request to its answer, in milliseconds. */
  requestMs: number;
}

/** Port where none is given. */
export const DEFAULT_PORT = 8000;

/** Limits where none are given. */
export const DEFAULT_LIMITS: Readonly<ServeLimits> = {
  // A photo of 100 megapixels takes some 30 MB as a JPEG.
  bodyBytes: 64 * 2 ** 20,
  // Phones make up to 50 megapixels of use; the decoder holds the pixels four times.
  pixels: 64e6,
  // The largest photo takes a second and a gigabyte, one of 16 megapixels a quarter of that.
  largePixels: 16e6,
  photosARequest: 64,
  queuedPhotos: 256,
  queuedBytes: 512 * 2 ** 20,
  requestMs: 30_000,
};
