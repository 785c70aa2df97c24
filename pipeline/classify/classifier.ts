/** Classifying photos with the trained head of a run. */

import { freeBytes } from "../artifact/free_bytes.ts";
import type { Embedder } from "../backends/backend.ts";
import { FileAccessError, ImageError } from "../errors.ts";
import { poolFeatures } from "../evidence/activation_map.ts";
import type { Preprocessor } from "../image/preprocessor.ts";
import { showImage, toShown } from "../image/show.ts";
import { mapInOrder } from "../map_in_order.ts";
import { softmax } from "../metrics/loss.ts";
import { topKLabels } from "../metrics/top_k.ts";
import { drawOverlay } from "../report/heatmap.ts";
import { BatchQueue } from "./batch_queue.ts";
import { headLogits } from "../evidence/head_logits.ts";
import type {
  Classification,
  ClassifyOptions,
  ClassifyResult,
  SquareClassification,
} from "./classification.ts";
import { type Heat, heatOf } from "./heat.ts";
import { isPixels, type Photo, readPhoto, toRgb } from "./photo.ts";
import { makeSquare } from "./square.ts";
import type { TrainedModel } from "./trained_model.ts";

/** What a classifier is made of. */
export interface ClassifierParts {
  /** The head and all that belongs to it. */
  model: TrainedModel;
  /** Runs the backbone. */
  embedder: Embedder;
  /** Makes square images of files. */
  preprocessor: Preprocessor;
  /** What logits are divided by. */
  temperature: number;
  /** Whether the backbone gives feature maps, to say where a photo speaks for its class. */
  heatmaps: boolean;
  /** How long a batch that is not full waits for more while the device works, in milliseconds. @default {0} */
  waitMs?: number | undefined;
  /**
   * Returns the most photos of the next batch, if fewer than the backbone takes at a
   * time; asked on `cpu` alone. A smaller batch saves no time on `wasm`, which spreads
   * it over its workers, nor on `webgpu`, which pads it.
   *
   * @default as many as it takes
   */
  most?: (() => number) | undefined;
}

/** Logits of a photo, and its feature map if there is one. */
interface Answer {
  logits: Float32Array;
  features?: Float32Array;
}

/** Batches that are under way: one is copied while the device works on another. */
const BATCHES_AT_ONCE = 2;

/** A trained head with its backbone, ready for photos. Dispose of it with `await using`, or `using`. */
export class Classifier implements AsyncDisposable, Disposable {
  readonly #parts: ClassifierParts;
  readonly #queue: BatchQueue<Uint8Array, Answer>;
  /** Photos that are classified. */
  readonly #underWay = new Set<Promise<unknown>>();

  /** Puts a classifier together; {@linkcode loadClassifier} reads one from a run. */
  constructor(parts: ClassifierParts) {
    this.#parts = parts;
    const compute = headLogits(parts.model.head);
    const { embedder, most = () => embedder.batchSize } = parts;
    this.#queue = new BatchQueue({
      most: () =>
        embedder.name === "cpu"
          ? Math.min(most(), embedder.batchSize)
          : embedder.batchSize,
      atOnce: BATCHES_AT_ONCE,
      waitMs: parts.waitMs,
      run: (images) => this.#embed(images, compute),
    });
  }

  /** Class names by label. */
  get classNames(): readonly string[] {
    return this.#parts.model.classNames;
  }

  /** The head and all that belongs to it. */
  get model(): TrainedModel {
    return this.#parts.model;
  }

  /** What logits are divided by; 1 leaves them as they are. */
  get temperature(): number {
    return this.#parts.temperature;
  }

  /** Name of the engine, and what it runs on. */
  get engine(): { name: string; description: string } {
    const { name, description } = this.#parts.embedder;
    return { name, description };
  }

  /** Embeds square images together, and computes their logits. */
  async #embed(
    images: readonly Uint8Array[],
    compute: (embedding: Float32Array) => Float32Array,
  ): Promise<Answer[]> {
    const { embedder, model, heatmaps } = this.#parts;
    const { inputs } = model.head.shape;
    const count = images.length;
    const size = images[0]!.length;
    const pixels = new Uint8Array(count * size);
    images.forEach((image, i) => {
      pixels.set(image, i * size);
      if (!heatmaps) freeBytes(image);
    });
    const rows = await embedder.embed(pixels, { count, views: ["plain"] });
    freeBytes(pixels);
    const length = rows.length / count;
    return images.map((_, i) => {
      const features = rows.subarray(i * length, (i + 1) * length);
      if (!heatmaps) return { logits: compute(features) };
      const pooled = Float32Array.from(poolFeatures(features, inputs));
      return { logits: compute(pooled), features };
    });
  }

  /**
   * Classifies a photo. Photos that are classified at the same time share batches.
   *
   * @param options How many classes, and whether there is to be a map.
   * @throws {TypeError} If it is neither a path, nor bytes, nor pixels.
   * @throws {RangeError} If a map is wanted of a class that does not exist, or pixels do not match their size.
   * @throws {ImageError} If it is no image that can be used.
   * @throws {FileAccessError} If it cannot be read.
   * @throws {BackendUnavailableError} If the device has failed.
   */
  async classify(
    photo: Photo,
    options: ClassifyOptions = {},
  ): Promise<Classification> {
    const answer = this.#classify(photo, options);
    this.#underWay.add(answer);
    return await answer.finally(() => this.#underWay.delete(answer));
  }

  async #classify(photo: Photo, options: ClassifyOptions) {
    const made = await makeSquare(photo, this.#parts, options.signal);
    const { digest, square } = made;
    return { digest, ...await this.classifySquare(square, options) };
  }

  /**
   * Classifies what was brought to its square already; see {@linkcode Classifier.classify}.
   *
   * @internal
   * @param square U8 `[side, side, 3]`, RGB, which is given away.
   */
  async classifySquare(
    square: Uint8Array,
    options: ClassifyOptions,
  ): Promise<SquareClassification> {
    const { model: { classNames, head }, temperature, heatmaps } = this.#parts;
    const { topK: k = 5, heatmap = heatmaps, signal } = options;
    signal?.throwIfAborted();
    const { logits, features } = await this.#queue.add(square, signal);
    const classCount = classNames.length;
    const probabilities = softmax(logits, classCount, temperature);
    const labels = topKLabels(logits, { classCount, k });
    const top = Array.from(labels, (label) => ({
      class: classNames[label]!,
      probability: Number(probabilities[label]!.toPrecision(7)),
    }));
    if (features === undefined || heatmap === false) return { top };
    const label = heatmap === true ? labels[0]! : classNames.indexOf(heatmap);
    if (label < 0) {
      throw new RangeError(
        `Cannot say where a photo speaks for "${heatmap}" as there is no class of this name`,
      );
    }
    return { top, heat: heatOf(square, { head, features, label }) };
  }

  /**
   * Draws a photo in its own shape, with where it speaks for a class.
   *
   * @returns A PNG, at most 1024 pixels long.
   * @throws {ImageError} If it is no image that can be used.
   * @throws {FileAccessError} If it cannot be read.
   */
  async drawHeat(photo: Photo, { map }: Heat): Promise<Uint8Array> {
    const { model: { preprocessing: { geometry } }, preprocessor } =
      this.#parts;
    if (isPixels(photo)) {
      const { width, height } = photo;
      const image = { width, height, data: toRgb(photo) };
      return await drawOverlay(toShown(image, geometry, 1), map);
    }
    const bytes = await readPhoto(photo);
    const shown = await (preprocessor.show?.(bytes) ??
      showImage(bytes, geometry));
    return await drawOverlay(shown, map);
  }

  /**
   * Classifies many photos, in bounded memory.
   *
   * @param photos The photos; they are asked for as they are needed.
   * @returns What came of each, in order; a photo that cannot be used does not stop the others.
   * @throws {BackendUnavailableError} If the device has failed.
   */
  async *classifyMany<P extends Photo>(
    photos: Iterable<P> | AsyncIterable<P>,
    options: ClassifyOptions = {},
  ): AsyncGenerator<ClassifyResult<P>> {
    const { embedder, preprocessor } = this.#parts;
    const atOnce = embedder.batchSize * (BATCHES_AT_ONCE + 1) +
      preprocessor.atOnce;
    yield* mapInOrder(photos, atOnce, async (photo) => {
      try {
        return { photo, ...await this.classify(photo, options) };
      } catch (error) {
        if (
          !(error instanceof ImageError || error instanceof FileAccessError)
        ) throw error;
        return { photo, error: error.message };
      }
    });
  }

  /**
   * Frees the workers now, and the device as soon as the batches that it works on are
   * done; the disposal does not wait for them, as that with `await using` does.
   */
  [Symbol.dispose](): void {
    this.#parts.preprocessor[Symbol.dispose]();
    this.#queue.drain().then(() => this.#parts.embedder.close())
      // Nobody is left to hear of it.
      .catch(() => {});
  }

  /** Waits for what is under way, and frees device and workers. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled(this.#underWay);
    await this.#queue.drain();
    this.#parts.preprocessor[Symbol.dispose]();
    await this.#parts.embedder.close();
  }
}
