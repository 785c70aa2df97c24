/** What a training that is stopped goes on from: best weights and checkpoints. */

import type { StageFiles } from "../../artifact/stage_files.ts";
import {
  type Checkpoint,
  encodeCheckpoint,
  encodeHead,
  HEAD_FILES,
  type SavedHead,
} from "../../head/checkpoint.ts";
import type { HeadParameters, HeadShape } from "../../head/model.ts";
import { encodeWork } from "../head_resume.ts";

/**
 * Steps after which a checkpoint is written, at the end of an epoch. It takes as long as
 * seven steps of a batch of 64 by 2048 to 1024 to 5: written after each epoch of 150
 * photos, it took two thirds of the time. A training that is killed repeats fewer than
 * these and an epoch, and twice as many if the last checkpoint was not written yet.
 */
const SAVED_STEPS = 50;

/** Writes best weights and checkpoints of a training. */
export class HeadSaves {
  readonly #files: StageFiles;
  readonly #shape: HeadShape;
  readonly #metadata: Record<string, string>;
  #step: number;
  #best: SavedHead | undefined;
  #writing = Promise.resolve();

  /**
   * Begins.
   *
   * @param options Shape and metadata of the head, and the last step that is saved.
   */
  constructor(
    files: StageFiles,
    options: {
      shape: HeadShape;
      metadata: Record<string, string>;
      step: number;
    },
  ) {
    this.#files = files;
    this.#shape = options.shape;
    this.#metadata = options.metadata;
    this.#step = options.step;
  }

  /** Whether a training is to be saved at a step. */
  isDue(step: number): boolean {
    return step - this.#step >= SAVED_STEPS;
  }

  /** Whether there is something to save at a step. */
  isBehind(step: number): boolean {
    return step > this.#step;
  }

  /** Keeps the best weights until something is written. */
  keepBest(parameters: HeadParameters, epoch: number): void {
    const metadata = { ...this.#metadata, epoch: String(epoch) };
    this.#best = { shape: this.#shape, parameters, metadata };
  }

  /** Encodes what there is now, then writes it. */
  async #write(checkpoint: Checkpoint): Promise<void> {
    const work = encodeWork(this.#files.work);
    const metadata = { ...this.#metadata, work };
    const best = this.#best;
    this.#best = undefined;
    const [encoded, head] = await Promise.all([
      encodeCheckpoint(this.#shape, checkpoint, metadata),
      best && encodeHead(best),
    ]);
    if (head) await this.#files.writeForNow(HEAD_FILES.best, head);
    await this.#files.writeForNow(HEAD_FILES.checkpoint, encoded);
  }

  /**
   * Begins to write a checkpoint, and before it the best weights that belong to it, once
   * the last one is written. Training goes on meanwhile.
   */
  async save(checkpoint: Checkpoint): Promise<void> {
    await this.#writing;
    this.#step = checkpoint.state.step;
    this.#writing = this.#write(checkpoint);
    // The rejection surfaces at the next save, or when it settles.
    this.#writing.catch(() => {});
  }

  /** Waits until what was saved is written. */
  async settle(): Promise<void> {
    await this.#writing;
  }

  /** Waits until nothing is being written. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled([this.#writing]);
  }
}
