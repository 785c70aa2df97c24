/** Training the head, an epoch at a time. */

import {
  type BatchDrawer,
  batchDrawer,
  batchesPerPass,
  drawValidationRows,
} from "./batches.ts";
import type { EmbeddingSource } from "./embeddings_source.ts";
import {
  type HeadParameters,
  type HeadShape,
  initializeHead,
} from "./model.ts";
import {
  type HeadNetwork,
  type HeadState,
  type OpenHead,
  predictLogits,
} from "./network.ts";
import {
  batchGatherer,
  type GatherBatch,
  type StepInputOptions,
} from "./step_inputs.ts";
import { crossEntropy } from "../metrics/loss.ts";
import { topKAccuracy } from "../metrics/top_k.ts";

/** Numbers of one epoch. */
export interface EpochRecord {
  /** The epoch, from 1. */
  epoch: number;
  /** Steps so far. */
  step: number;
  /** Learning rate of its last step. */
  learningRate: number;
  /** Mean loss in training, with dropout. */
  trainLoss: number;
  /** Share of right predictions in training, with dropout. */
  trainAccuracy: number;
  /** Mean loss on the validation split. */
  validationLoss?: number;
  /** Share of right predictions on the validation split. */
  validationAccuracy?: number;
}

/** How the head is trained. */
export interface TrainingOptions extends ScheduleOptions, StepInputOptions {
  epochs: number;
  /** Steps in an epoch; a whole pass if `null`. */
  stepsPerEpoch: number | null;
  /** Batches of the validation split to validate on, the same at every epoch; all if `null`. */
  validationSteps: number | null;
  weightDecay: number;
}

/** The state of a training. One that resumes from it gives the same numbers. */
export interface TrainingState extends Required<HeadState> {
  /** Epochs done. */
  epoch: number;
  /** Steps done. */
  step: number;
}

/** Throws if training has diverged. */
function requireFinite(value: number, what: string, epoch: number): void {
  if (Number.isFinite(value)) return;
  throw new RangeError(
    `Cannot train epoch ${epoch} as its ${what} must be finite: current value is ${value}; --learning-rate may be too high`,
  );
}

/**
 * Lets signals and timers run, as a step may not yield. Takes 3 us; the shortest
 * timer takes 2 ms.
 */
function pause(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Trains a head on embeddings. */
export class HeadTrainer {
  readonly #shape: HeadShape;
  readonly #options: TrainingOptions;
  readonly #validation: EmbeddingSource | undefined;
  readonly #validationRows: Int32Array;
  readonly #network: HeadNetwork;
  readonly #gather: GatherBatch;
  readonly #drawBatch: BatchDrawer;
  readonly #stepsPerEpoch: number;
  #epoch: number;
  #step: number;

  /** Starts training, or resumes it from a state. */
  constructor(
    shape: HeadShape,
    options: TrainingOptions,
    data: {
      train: EmbeddingSource;
      validation?: EmbeddingSource | undefined;
      open: OpenHead;
      state?: TrainingState | undefined;
    },
  ) {
    const { train, validation, open, state } = data;
    this.#shape = shape;
    this.#options = options;
    this.#validation = validation;
    this.#epoch = state?.epoch ?? 0;
    this.#step = state?.step ?? 0;
    this.#gather = batchGatherer(shape, options, train);
    const { seed, batchSize, validationSteps } = options;
    const { count, views } = train;
    this.#validationRows = drawValidationRows({
      seed,
      count: validation?.count ?? 0,
      limit: (validationSteps ?? Infinity) * batchSize,
    });
    this.#drawBatch = batchDrawer({ seed, count, views, batchSize });
    this.#stepsPerEpoch = options.stepsPerEpoch ??
      batchesPerPass({ count, batchSize });
    const parameters = state?.parameters ?? initializeHead(shape, seed);
    this.#network = open(shape, { ...state, parameters });
  }

  /**
   * Trains one epoch and validates.
   *
   * @throws {RangeError} If training has diverged.
   */
  async trainEpoch(): Promise<EpochRecord> {
    const { epochs, weightDecay } = this.#options;
    const total = epochs * this.#stepsPerEpoch;
    let samples = 0;
    let learningRate = 0;
    for (let i = 0; i < this.#stepsPerEpoch; i++) {
      learningRate = learningRateAt(this.#step, total, this.#options);
      const batch = this.#drawBatch(this.#step);
      const input = this.#gather(batch, this.#step);
      samples += input.labels.length;
      this.#step++;
      const t = this.#step;
      await this.#network.step(input, { t, learningRate, weightDecay });
      await pause();
    }
    this.#epoch++;
    const sums = await this.#network.takeSums();
    const record: EpochRecord = {
      epoch: this.#epoch,
      step: this.#step,
      learningRate,
      trainLoss: sums.loss / samples,
      trainAccuracy: sums.correct / samples,
    };
    requireFinite(record.trainLoss, "loss", this.#epoch);
    if (this.#validation === undefined) return record;
    return { ...record, ...await this.#validate(this.#validation) };
  }

  /** Loss and accuracy on the validation split. */
  async #validate(source: EmbeddingSource) {
    const rows = this.#validationRows;
    const { classes } = this.#shape;
    const logits = await predictLogits(this.#network, source, rows);
    const wrong = logits.find((logit) => !Number.isFinite(logit));
    requireFinite(wrong ?? 0, "logits", this.#epoch);
    const labels = Int32Array.from(rows, (row) => source.labels[row]!);
    const options = { classCount: classes, k: 1 };
    return {
      validationLoss: crossEntropy(logits, labels, classes),
      validationAccuracy: topKAccuracy(logits, labels, options),
    };
  }

  /**
   * Reads the state.
   *
   * @returns A copy, from which another trainer can resume.
   */
  async state(): Promise<TrainingState> {
    const read = await this.#network.read();
    return { epoch: this.#epoch, step: this.#step, ...read };
  }

  /** Reads the parameters: a copy. */
  parameters(): Promise<HeadParameters> {
    return this.#network.readParameters();
  }

  dispose(): Promise<void> {
    return this.#network.dispose();
  }
}

/** The learning rate over a training. */
export interface ScheduleOptions {
  /** The highest rate. */
  learningRate: number;
  /** Its course after the warm-up. */
  schedule: "constant" | "cosine";
  /** Steps over which it rises linearly from 0. */
  warmupSteps: number;
}

/**
 * Returns the learning rate of a step.
 *
 * Source of the cosine: Loshchilov and Hutter 2016, equation 5, without restarts
 * and with a minimum of 0, https://arxiv.org/abs/1608.03983.
 *
 * @param step Global step, from 0.
 */
export function learningRateAt(
  step: number,
  totalSteps: number,
  options: ScheduleOptions,
): number {
  const { learningRate, schedule, warmupSteps } = options;
  if (step < warmupSteps) return learningRate * (step + 1) / warmupSteps;
  if (schedule === "constant") return learningRate;
  const progress = (step - warmupSteps) / Math.max(1, totalSteps - warmupSteps);
  return learningRate * 0.5 * (1 + Math.cos(Math.PI * progress));
}
