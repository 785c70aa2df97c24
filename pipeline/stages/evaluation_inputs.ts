/**
 * What the numbers of an evaluation need beside its own split: a temperature,
 * and random numbers for the bootstrap.
 *
 * @module
 */

import type { Json } from "../artifact/canonical_json.ts";
import type { EmbeddingSource } from "../head/embeddings_source.ts";
import type { HeadNetwork } from "../head/network.ts";
import { predictLogits } from "../head/predict.ts";
import { STREAMS, uniformNumbers } from "../head/random.ts";
import type { ResampleNumbers } from "../metrics/bootstrap.ts";
import { fitTemperature, type TemperatureFit } from "../metrics/temperature.ts";

/**
 * Fits the temperature on the validation split.
 *
 * Never on the split that is evaluated: what the temperature gains there says
 * nothing about other photos.
 *
 * @param network The head.
 * @param split The split that is evaluated.
 * @param validation Embeddings of the validation split, if there are any.
 * @returns The temperature, or why there is none.
 */
export async function fitOnValidation(
  network: HeadNetwork,
  split: Json | undefined,
  validation: EmbeddingSource | undefined,
): Promise<TemperatureFit> {
  if (split === "validation") {
    const reason = "the validation split is the one that is evaluated";
    return { temperature: null, reason };
  }
  if (validation === undefined) {
    const reason = "the validation split has no samples";
    return { temperature: null, reason };
  }
  const logits = await predictLogits(network, validation);
  const { labels } = validation;
  return fitTemperature(logits, labels, logits.length / labels.length);
}

/** Makes the random numbers of the bootstrap of a run. */
export function resampleNumbers(seed: number): ResampleNumbers {
  return (resample) => uniformNumbers(seed, STREAMS.bootstrap, resample);
}
