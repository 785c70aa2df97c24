/**
 * Learning-rate schedules.
 *
 * @module
 */

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
