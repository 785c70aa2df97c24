/**
 * What is said of embeddings in 8 bits beside those in floating point.
 *
 * @module
 */

import type { PipelineEvent } from "../../mod.ts";

/** How embeddings agree. */
type Agreement = PipelineEvent & { type: "agreement" };

/** Puts how they agree in words, a line. */
export function describeAgreement(agreement: Agreement): string {
  const { checked, meanCosine, worstCosine, speed } = agreement;
  const { sameNeighbour, samePrediction } = agreement;
  const predicted = samePrediction === undefined
    ? ""
    : `, the same prediction for ${samePrediction}`;
  return `int8 beside float32 on ${checked} photos: cosine ${
    meanCosine.toFixed(4)
  } on average, ${
    worstCosine.toFixed(4)
  } at worst; the same nearest photo for ${sameNeighbour}${predicted}; ${
    speed.toFixed(1)
  } times as fast`;
}
