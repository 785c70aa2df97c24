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

/**
 * Makes an embedder take known rows; images are known by their bytes.
 *
 * Only for an engine whose rows have the same bytes in every batch.
 */
export function withKnownRows(engine: Embedder, known: KnownRows): Embedder {
  const bytes = known.images.length / known.count;
  const size = known.values.length / known.count;
  const isKnown = (image: Uint8Array, i: number) => {
    const start = i * bytes;
    // Other images mostly differ in the first few bytes.
    return image.every((byte, at) => byte === known.images[start + at]);
  };
  const numbers = Array.from({ length: known.count }, (_, i) => i);
  const embed: Embedder["embed"] = async (images, request) => {
    const { count, views } = request;
    const image = (row: number) =>
      images.subarray(row * bytes, (row + 1) * bytes);
    const all = Array.from({ length: count }, (_, row) => row);
    const found = all.map((row) => numbers.find((i) => isKnown(image(row), i)));
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
      wanted.forEach((row, i) => batch.set(image(row), i * bytes));
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
