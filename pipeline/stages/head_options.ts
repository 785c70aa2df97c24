/** The settings that decide a head. */

import type { Config } from "../config/config_type.ts";

/** The settings that decide the head. */
const OPTIONS = [
  "seed",
  "epochs",
  "stepsPerEpoch",
  "validationSteps",
  "batchSize",
  "learningRate",
  "hidden",
  "activation",
  "dropout",
  "schedule",
  "warmupSteps",
  "classWeights",
  "labelSmoothing",
  "weightDecay",
  "patience",
] as const;

/** How a head is trained and when it stops. A type, so that it may be part of JSON. */
export type HeadOptions = Pick<Config, typeof OPTIONS[number]>;

/** Picks the settings that decide the head. */
export function headOptions(config: Config): HeadOptions {
  const entries = OPTIONS.map((name) => [name, config[name]]);
  return Object.fromEntries(entries) as HeadOptions;
}
