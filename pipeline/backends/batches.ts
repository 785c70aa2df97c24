/** Cutting images into batches, and rows back into their places. */

import type { Graph } from "../backbone/layers.ts";
import type { View } from "../backbone/normalize.ts";
import type { BackendName } from "./backend.ts";

/** A batch: consecutive images in consecutive views. */
interface BatchSlice {
  views: readonly View[];
  /** Position of the first view among those asked for. */
  firstView: number;
  /** Position of the first image. */
  first: number;
  /** Number of images; times the views at most the batch size. */
  count: number;
}

/** Runs one batch: U8 `[n, S, S, 3]` in, F32 `[views, n, D]` out; rows that pad the batch may follow. */
export type BatchRunner = (
  images: Uint8Array<ArrayBuffer>,
  views: readonly View[],
) => Promise<Float32Array>;

/** Sizes of an embedder. */
interface BatchShape {
  /** Side S of an image, in pixels. */
  imageSize: number;
  embeddingSize: number;
  /** Most embeddings of a batch. */
  batchSize: number;
  /** Whether a batch holds all views of its images, or one. */
  joinsViews: boolean;
}

/** Images to embed, and their views. */
export interface Request {
  count: number;
  views: readonly View[];
}

/**
 * Cuts a request into batches.
 *
 * @param shape Most embeddings of a batch, and whether it holds all views.
 * @returns The batches; where each has one view, the first view of all images first.
 */
export function sliceBatches(
  request: Request,
  shape: Pick<BatchShape, "batchSize" | "joinsViews">,
): BatchSlice[] {
  const { count, views } = request;
  const groups = shape.joinsViews ? [views] : views.map((view) => [view]);
  const size = shape.batchSize / (groups[0]?.length ?? 1);
  const most = Math.max(1, Math.floor(size));
  return groups.flatMap((views, firstView) =>
    Array.from({ length: Math.ceil(count / most) }, (_, i) => {
      const first = i * most;
      return { views, firstView, first, count: Math.min(most, count - first) };
    })
  );
}

/**
 * Copies the embeddings of a batch to their places.
 *
 * Shapes: `rows` F32 `[slice.views.length, slice.count, D]`; `target` F32 `[count, views, D]`.
 */
function placeRows(
  rows: Float32Array,
  slice: BatchSlice,
  target: { embeddings: Float32Array; views: number; size: number },
): void {
  const { embeddings, views, size } = target;
  const { first, firstView, count } = slice;
  for (let row = 0; row < slice.views.length * count; row++) {
    const view = firstView + Math.floor(row / count);
    const position = (first + row % count) * views + view;
    const values = rows.subarray(row * size, (row + 1) * size);
    embeddings.set(values, position * size);
  }
}

/** Throws unless the images are as many as the request says. */
function requireImages(
  images: Uint8Array,
  request: Request,
  imageSize: number,
): void {
  const expected = request.count * imageSize ** 2 * 3;
  if (images.length !== expected) {
    throw new RangeError(
      `Cannot embed ${request.count} images as ${imageSize}x${imageSize} pixels in RGB: they take ${expected} bytes, ${images.length} were given`,
    );
  }
}

/**
 * Embeds images batch by batch.
 *
 * Each idle runner takes the next batch from one list. Which runner takes which
 * batch does not change the result. When one fails, no other batch begins, and
 * those that have begun are waited for.
 *
 * Shapes: `images` U8 `[count, S, S, 3]`; returns F32 `[count, views, D]`.
 *
 * @param images Pixels, RGB.
 * @param runners One for each batch that may be under way.
 * @returns The embeddings, in the order of the images.
 * @throws {RangeError} If the images are not as many as the request says.
 */
export async function embedInBatches(
  images: Uint8Array,
  request: Request,
  shape: BatchShape,
  runners: readonly BatchRunner[],
): Promise<Float32Array> {
  const { imageSize, embeddingSize: size } = shape;
  requireImages(images, request, imageSize);
  const views = request.views.length;
  const embeddings = new Float32Array(request.count * views * size);
  const imageBytes = imageSize ** 2 * 3;
  const slices = sliceBatches(request, shape);
  const failures: unknown[] = [];
  const work = async (run: BatchRunner) => {
    while (slices.length > 0) {
      const slice = slices.shift()!;
      const start = slice.first * imageBytes;
      const end = start + slice.count * imageBytes;
      // A copy, so that the runner may give it away to another thread.
      const batch = new Uint8Array(images.subarray(start, end));
      const rows = await run(batch, slice.views);
      placeRows(rows, slice, { embeddings, views, size });
    }
  };
  const works = runners.map((run) =>
    work(run).catch((error) => {
      failures.push(error);
      // The others finish what they have begun, and begin nothing more.
      slices.length = 0;
    })
  );
  await Promise.all(works);
  if (failures.length > 0) throw failures[0];
  return embeddings;
}

/**
 * Returns the largest batch whose activations all fit into a buffer.
 *
 * @returns Number of images; 0 if not even one fits.
 */
export function largestBatch(graph: Graph, maxBufferBytes: number): number {
  const input = graph.imageSize ** 2 * 3;
  const outputs = graph.layers.map((layer) =>
    layer.size ** 2 * layer.outChannels
  );
  const bytes = Math.max(input, ...outputs) * Float32Array.BYTES_PER_ELEMENT;
  return Math.floor(maxBufferBytes / bytes);
}

/**
 * Throws unless the options of an embedder are positive integers.
 *
 * @throws {RangeError} If one is not.
 */
export function requirePositive(
  backend: BackendName,
  options: Readonly<Record<string, number>>,
): void {
  for (const [name, value] of Object.entries(options)) {
    if (Number.isInteger(value) && value >= 1) continue;
    throw new RangeError(
      `Cannot open engine "${backend}" as ${name} must be a positive integer: current value is ${value}`,
    );
  }
}
