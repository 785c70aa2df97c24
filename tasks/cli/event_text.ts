/** What is said of events that take more than a few words. */

import type { PipelineEvent } from "../../mod.ts";
import { count } from "./words.ts";

type EventOf<Type> = PipelineEvent & { type: Type };

/** Says how embeddings in another precision agree with those in F32. */
export function describeAgreement(event: EventOf<"agreement">): string {
  const { precision, checked, meanCosine, worstCosine } = event;
  const { sameNeighbour, samePrediction } = event;
  const predicted = samePrediction === undefined
    ? ""
    : `, the same prediction for ${samePrediction}`;
  return `${precision} beside float32 on ${count(checked, "photo")}: cosine ${
    meanCosine.toFixed(4)
  } on average, ${
    worstCosine.toFixed(4)
  } at worst; the same nearest photo for ${sameNeighbour}${predicted}`;
}

/** Says what a weight file was recognized as. */
export function describeBackbone(event: EventOf<"backbone">): string {
  const { network, width, naming, variant, profile, unused } = event;
  const more = unused > 0 ? `, ${count(unused, "tensor")} not used` : "";
  return `backbone: ${network} of width ${width}, naming ${naming}, graph ${variant}, preprocessing ${profile}${more}`;
}
