/** An embedder that takes rows that are known already in place of computing them. */

import type { Embedder } from "./backend.ts";

/** Embeddings of some images in their plain view. */
export interface KnownRows {
  count: number;
  /** U8 `[count, S, S, 3]`. */
  images: Uint8Array;
  /** F32 `[count, D]`. */
  values: Float32Array;
}

/** Step between the bytes that a key is made of: a prime, so that they lie in all columns. */
const KEY_STEP = 211;

/** Hashes some bytes of an image (FNV-1a); many images have the same border, few the same hash. */
function keyOf(image: Uint8Array): number {
  let key = 0x811c9dc5;
  for (let i = 0; i < image.length; i += KEY_STEP) {
    key = Math.imul(key ^ image[i]!, 0x01000193);
  }
  return key;
}

/** Whether two images of one size have the same bytes. */
function isSame(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i]) return false;
  }
  return true;
}

/**
 * Makes an embedder take known rows; images are known by their bytes.
 *
 * Only for an engine whose rows have the same bytes in every batch.
 */
export function withKnownRows(engine: Embedder, known: KnownRows): Embedder {
  const bytes = known.images.length / known.count;
  const size = known.values.length / known.count;
  const imageOf = (images: Uint8Array, i: number) =>
    images.subarray(i * bytes, (i + 1) * bytes);
  const byKey = Map.groupBy(
    Array(known.count).keys(),
    (i) => keyOf(imageOf(known.images, i)),
  );
  const find = (image: Uint8Array) =>
    byKey.get(keyOf(image))
      ?.find((i) => isSame(image, imageOf(known.images, i)));
  const embed: Embedder["embed"] = async (images, request) => {
    const { count, views } = request;
    const all = Array.from({ length: count }, (_, row) => row);
    const found = all.map((row) => find(imageOf(images, row)));
    const missing = all.filter((row) => found[row] === undefined);
    if (missing.length === count) return await engine.embed(images, request);
    const rows = new Float32Array(count * views.length * size);
    for (const [v, view] of views.entries()) {
      const place = (row: number, from: Float32Array, i: number) =>
        rows.set(
          from.subarray(i * size, (i + 1) * size),
          (row * views.length + v) * size,
        );
      const wanted = view === "plain" ? missing : all;
      const batch = new Uint8Array(wanted.length * bytes);
      wanted.forEach((row, i) => batch.set(imageOf(images, row), i * bytes));
      const made = await engine.embed(batch, {
        count: wanted.length,
        views: [view],
      });
      wanted.forEach((row, i) => place(row, made, i));
      if (view !== "plain") continue;
      found.forEach((i, row) => i !== undefined && place(row, known.values, i));
    }
    return rows;
  };
  // What the engine says of itself stays its own.
  return Object.assign(Object.create(engine), { embed });
}
