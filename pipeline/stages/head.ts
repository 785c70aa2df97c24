/**
 * Head stage: embeddings in, a trained head out.
 *
 * Every few epochs it writes `best.safetensors` if one of them was the best, then
 * `checkpoint.safetensors`; at the end `head.safetensors`, `history.jsonl` and
 * `history.csv`. It goes on from its checkpoint, or from that of another training of
 * the same course that is not as far.
 */

import type { Artifact } from "../artifact/artifact.ts";
import type { Config } from "../config/config_type.ts";
import { decodeJsonLines } from "../dataset/json_lines.ts";
import { heldOutSplit } from "../dataset/split.ts";
import { ConfigError } from "../errors.ts";
import { decodeHead, HEAD_FILES, type SavedHead } from "../head/checkpoint.ts";
import { bestEpoch, readHeldOut } from "../head/history.ts";
import type { EpochRecord } from "../head/trainer.ts";
import { CALIBRATION } from "./calibration.ts";
import { DATASET_INDEX } from "./dataset_index.ts";
import { EMBEDDINGS } from "./embeddings.ts";
import { headOptions } from "./head_options.ts";
import { defineStage, optional, type Stage } from "./stage.ts";

export const INPUTS = {
  index: DATASET_INDEX,
  embeddings: EMBEDDINGS,
  calibration: optional(CALIBRATION),
};

/**
 * Checks that a run can stop early.
 *
 * @throws {ConfigError} If it is to, and has nothing to be judged by.
 */
export function checkPatience(
  { patience }: Config,
  counts: Readonly<Record<string, number>>,
): void {
  if (patience === 0 || heldOutSplit(counts) === "validation") return;
  throw new ConfigError(
    `Cannot use setting "patience" as it needs a validation split: the run has none`,
    "patience",
  );
}

/** A head that is trained to its end. */
export interface TrainedHead {
  /** The engine that trained it. */
  engine: string;
  /** Numbers of every epoch. */
  history: EpochRecord[];
  /** The epoch with the lowest validation loss, from 1; the last if none was validated. */
  bestEpoch: number;
  /** The epoch whose weights are kept: the best with `patience`, else the last. */
  keptEpoch: number;
  /** Reads its weights. */
  readHead(): Promise<SavedHead>;
}

async function openHead(artifact: Artifact): Promise<TrainedHead> {
  const read = async (name: string) => {
    const path = artifact.files.path(name);
    return { bytes: await artifact.read(name), path };
  };
  const lines = await read(HEAD_FILES.history);
  const history = decodeJsonLines<EpochRecord>(lines.bytes, lines.path)
    .map(readHeldOut);
  const header = await artifact.files.readHeader(HEAD_FILES.head);
  const { engine = "", epoch } = header?.metadata ?? {};
  return {
    engine,
    history,
    bestEpoch: bestEpoch(history),
    keptEpoch: Number(epoch ?? history.length),
    async readHead() {
      const { bytes, path } = await read(HEAD_FILES.head);
      return await decodeHead(bytes, path);
    },
  };
}

/** The stage. */
export const HEAD: Stage<"head", TrainedHead> = defineStage({
  name: "head",
  version: 2,
  task: "train",
  inputs: INPUTS,
  config({ run: { config }, inputs: { embeddings } }) {
    const { manifest } = embeddings;
    if (manifest) checkPatience(config, manifest.counts);
    return headOptions(config);
  },
  digests: ({ inputs: { embeddings } }) => ({
    embeddings: embeddings.files.fingerprint,
  }),
  async make(job) {
    const { makeHead } = await import("./make/head.ts");
    return await makeHead(job);
  },
  open: openHead,
  countWanted: ({ run }) => run.config.epochs,
  async countDone(files) {
    const header = await files.readHeader(HEAD_FILES.checkpoint);
    return Number(header?.metadata.epoch ?? 0);
  },
});
