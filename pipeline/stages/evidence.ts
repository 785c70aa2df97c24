/**
 * Evidence stage: predictions in, which parts of some photos spoke for them out.
 *
 * Writes `maps-00000-of-00001.safetensors` with `map` F32 `[n, 2, H, W]`, of the
 * predicted class and of the true one, and `record` I32 `[n]` (row in the dataset
 * index); `evidence.jsonl`, a line a row; then the manifest. The header of the
 * maps says how they were computed, and on which engine, which is not part of the
 * fingerprint.
 *
 * @module
 */

import type { Work } from "../artifact/fingerprint.ts";
import { toTensor } from "../artifact/tensor.ts";
import type { Engine } from "../backbone/engine.ts";
import type { ImageRecords } from "../dataset/image_records.ts";
import { encodeJsonLines } from "../dataset/json_lines.ts";
import type { Split } from "../dataset/split.ts";
import { activationMap, mapMethod } from "../evidence/activation_map.ts";
import {
  choosePhotos,
  type ChosenPhoto,
  MOST_MISTAKES,
  MOST_RIGHT,
} from "../evidence/choose_photos.ts";
import type { Evidence } from "../evidence/evidence.ts";
import type { SavedHead } from "../head/checkpoint.ts";
import { STREAMS, uniformNumbers } from "../head/random.ts";
import type { StageContext } from "./context.ts";
import { fillShards, type ShardContent } from "./fill_shards.ts";
import { streamPredictions } from "./read_predictions.ts";
import { runStage, type StageResult } from "./run_stage.ts";
import { readPixels } from "./tensor_pixels.ts";

/** Version of the files. Raise it when the same predictions give other bytes. */
export const EVIDENCE_VERSION = 1;

/** Name of the file with a line a photo. */
export const EVIDENCE_FILE = "evidence.jsonl";

/** Name of the shard with the maps. */
export const MAPS_FILE = "maps-00000-of-00001.safetensors";

/** What the stage works on. */
export interface EvidenceInput {
  /** The evaluation, complete. */
  evaluation: Pick<StageResult, "files" | "manifest">;
  /** The split that was evaluated. */
  split: Split;
  /** The tensors, complete. */
  tensors: Pick<StageResult, "files" | "manifest">;
  /** The dataset index. */
  records: ImageRecords;
  /** Class names by label. */
  classNames: readonly string[];
  /** The head. */
  head: SavedHead;
  /** Seed of the run. */
  seed: number;
  /** Starts an engine that gives feature maps; called once, and only if there is a photo to look at. */
  openEngine: () => Promise<Engine>;
}

/**
 * Names the work of the stage.
 *
 * @param evaluation Fingerprint of the evaluation, which that of head, embeddings, tensors and backbone is in.
 * @returns Everything that decides the bytes of the stage.
 */
export function planEvidence(evaluation: string): Work {
  return {
    stage: "evidence",
    version: EVIDENCE_VERSION,
    config: { mistakes: MOST_MISTAKES, right: MOST_RIGHT },
    inputs: { evaluation },
  };
}

/** Describes the photos, in the order of the rows. */
function listEvidence(chosen: readonly ChosenPhoto[]): Evidence[] {
  return chosen.map(({ prediction, reason }, row) => {
    const { record, path, loss, top5: [best] } = prediction;
    const { class: predicted, probability } = best!;
    const names = { true: prediction.true, predicted };
    return { row, record, path, reason, ...names, probability, loss };
  });
}

/** Makes the maps of photos, a batch of the engine at a time; returns F32 `[2, H, W]` of each, and the engine. */
async function computeMaps(
  chosen: readonly ChosenPhoto[],
  input: EvidenceInput,
  options: { signal: AbortSignal; progress: (done: number) => void },
): Promise<{ maps: Float32Array[]; engine: string }> {
  const { tensors, records, split, classNames, head } = input;
  const rows = chosen.map(({ prediction }) => prediction.record);
  const pixels = await readPixels(tensors, { records, split, rows });
  const imageBytes = pixels.length / chosen.length;
  const engine = await input.openEngine();
  const maps: Float32Array[] = [];
  for (let start = 0; start < chosen.length; start += engine.batchSize) {
    options.signal.throwIfAborted();
    const batch = chosen.slice(start, start + engine.batchSize);
    const count = batch.length;
    const images = pixels.subarray(
      start * imageBytes,
      (start + count) * imageBytes,
    );
    const request = { count, views: ["plain"] } as const;
    const features = await engine.embed(images, request);
    const size = features.length / count;
    batch.forEach(({ prediction }, i) => {
      const own = features.subarray(i * size, (i + 1) * size);
      const names = [prediction.top5[0]!.class, prediction.true];
      const pair = names.map((name) =>
        activationMap(head, own, classNames.indexOf(name))
      );
      maps.push(Float32Array.from(pair.flatMap((map) => [...map])));
    });
    options.progress(maps.length);
  }
  return { maps, engine: engine.name };
}

/** Makes the content of the shard; no engine is started for no photos. */
async function makeMaps(
  chosen: readonly ChosenPhoto[],
  input: EvidenceInput,
  options: { signal: AbortSignal; progress: (done: number) => void },
): Promise<ShardContent> {
  const count = chosen.length;
  const { maps, engine } = count === 0
    ? { maps: [], engine: "" }
    : await computeMaps(chosen, input, options);
  const size = maps[0]?.length ?? 0;
  const side = Math.sqrt(size / 2);
  const all = new Float32Array(count * size);
  maps.forEach((map, row) => all.set(map, row * size));
  const records = chosen.map(({ prediction }) => prediction.record);
  return {
    tensors: {
      map: toTensor(all, [count, 2, side, side]),
      record: toTensor(Int32Array.from(records), [count]),
    },
    metadata: { engine, method: mapMethod(input.head.shape) },
  };
}

/**
 * Completes the stage.
 *
 * @param work The work, from {@linkcode planEvidence}.
 * @param load Reads what the stage works on; called only if there is something to do.
 * @param context The work directory, the stop signal, the listener.
 * @returns The complete stage.
 * @throws {DigestMismatchError} If a tensor shard or the predictions are damaged.
 * @throws {BackendUnavailableError} If the engine cannot be had or stops working.
 */
export async function showEvidence(
  work: Work,
  load: () => Promise<EvidenceInput>,
  context: StageContext,
): Promise<StageResult> {
  return await runStage(work, context, async (files) => {
    const input = await load();
    const chosen = await choosePhotos(
      streamPredictions(input.evaluation),
      uniformNumbers(input.seed, STREAMS.evidence),
    );
    const { signal } = context;
    const job = {
      path: MAPS_FILE,
      images: chosen.length,
      make: (progress: (done: number) => void) =>
        makeMaps(chosen, input, { signal, progress }),
    };
    const [maps] = await fillShards(files, [job], context);
    const lines = encodeJsonLines(listEvidence(chosen));
    const list = await files.write(EVIDENCE_FILE, lines);
    const mistakes = chosen
      .filter(({ reason }) => reason === "mistake").length;
    const counts = { mistakes, right: chosen.length - mistakes };
    return { files: [maps!.entry, list], counts };
  });
}
