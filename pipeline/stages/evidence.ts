/**
 * Evidence stage: predictions in, the parts of some photos that supported them out.
 *
 * Writes `maps-00000-of-00001.safetensors` with `map` F32 `[n, 2, H, W]`, of the
 * predicted class and of the true one, and `record` I32 `[n]` (row in the dataset
 * index); and `evidence.jsonl`, a line a row. The header of the maps says how they
 * were computed, and on which engine, which is not part of the fingerprint.
 */

import type { Artifact } from "../artifact/artifact.ts";
import { decodeSafetensors } from "../artifact/safetensors.ts";
import { toFloat32 } from "../artifact/tensor.ts";
import { decodeJsonLines } from "../dataset/json_lines.ts";
import type { Evidence } from "../evidence/activation_map.ts";
import { MOST_MISTAKES, MOST_RIGHT } from "../evidence/choose_photos.ts";
import type { EvidenceMaps } from "../report/page/data.ts";
import { DATASET_INDEX } from "./dataset_index.ts";
import { EVALUATION } from "./evaluation.ts";
import { HEAD } from "./head.ts";
import { defineStage, type Stage } from "./stage.ts";
import { TENSORS } from "./tensors.ts";

/** Name of the file with a line a photo. */
export const EVIDENCE_FILE = "evidence.jsonl";

/** Name of the shard with the maps. */
export const MAPS = "maps-00000-of-00001.safetensors";

export const INPUTS = {
  index: DATASET_INDEX,
  tensors: TENSORS,
  head: HEAD,
  evaluation: EVALUATION,
};

/** The parts of some photos that supported their predictions. */
export interface EvidenceFiles {
  /** Reads the photos with their maps. */
  readMaps(): Promise<EvidenceMaps>;
}

function openEvidence(artifact: Artifact): EvidenceFiles {
  const { files } = artifact;
  return {
    async readMaps() {
      const lines = await artifact.read(EVIDENCE_FILE);
      const path = files.path(EVIDENCE_FILE);
      const items = decodeJsonLines<Evidence>(lines, path);
      const shard = await artifact.read(MAPS);
      const { tensors } = decodeSafetensors(shard, files.path(MAPS));
      const map = tensors.get("map")!;
      const [, , height, width] = map.shape as [number, 2, number, number];
      return { items, maps: toFloat32(map, "map"), height, width };
    },
  };
}

/** The stage. */
export const EVIDENCE: Stage<"evidence", EvidenceFiles> = defineStage({
  name: "evidence",
  version: 1,
  task: "eval",
  inputs: INPUTS,
  config: () => ({ mistakes: MOST_MISTAKES, right: MOST_RIGHT }),
  // The fingerprints of head, embeddings, tensors and backbone are in this one.
  digests: ({ inputs: { evaluation } }) => ({
    evaluation: evaluation.files.fingerprint,
  }),
  async make(job) {
    const { makeEvidence } = await import("./make/evidence.ts");
    return await makeEvidence(job);
  },
  open: openEvidence,
  // The numbers of the evaluation are shown even where the backbone is gone.
  obstacle: ({ backbone }) =>
    backbone.isHere
      ? undefined
      : `no heatmaps, as the weights of backbone "${backbone.name}" are missing`,
});
