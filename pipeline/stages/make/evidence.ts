/** Making evidence: photos are chosen, and the backbone computes their maps. */

import { MANIFEST } from "../../artifact/manifest.ts";
import { toTensor } from "../../artifact/tensor.ts";
import { withoutPool } from "../../backbone/layers.ts";
import { decodeArithmetic } from "../../backbone/arithmetic.ts";
import { encodeJsonLines } from "../../dataset/json_lines.ts";
import { FormatError } from "../../errors.ts";
import {
  activationMap,
  type Evidence,
  mapMethod,
} from "../../evidence/activation_map.ts";
import {
  choosePhotos,
  type ChosenPhoto,
} from "../../evidence/choose_photos.ts";
import type { SavedHead } from "../../head/checkpoint.ts";
import { STREAMS, uniformNumbers } from "../../numeric/random.ts";
import { fillShards, type ShardContent } from "../../shards/fill_shards.ts";
import { readPixels } from "../../shards/pixels.ts";
import type { Job, Made } from "../stage.ts";
import { EVIDENCE_FILE, type INPUTS, MAPS } from "../evidence.ts";

/** The job of making evidence. */
type EvidenceJob = Job<typeof INPUTS>;

/** Describes the photos, in the order of the rows. */
function listEvidence(chosen: readonly ChosenPhoto[]): Evidence[] {
  return chosen.map(({ prediction, reason }, row) => {
    const { record, path, loss, top5: [best] } = prediction;
    const { class: predicted, probability } = best!;
    const names = { true: prediction.true, predicted };
    return { row, record, path, reason, ...names, probability, loss };
  });
}

/** Reads the pixels of photos, U8 `[n, S, S, 3]`, in their order. */
async function readChosen(
  chosen: readonly ChosenPhoto[],
  { inputs: { index, tensors } }: EvidenceJob,
): Promise<Uint8Array> {
  const rows = chosen.map(({ prediction }) => prediction.record);
  const size = tensors.imageSize ** 2 * 3;
  const all = new Uint8Array(rows.length * size);
  const missing = new Set(rows);
  const records = await index.readRecords();
  for await (const photo of readPixels(rows, { tensors, records })) {
    all.set(photo.pixels, rows.indexOf(photo.record) * size);
    missing.delete(photo.record);
  }
  for (const row of missing) {
    const path = tensors.files.path(MANIFEST);
    throw new FormatError(
      `Cannot read the pixels of record ${row} from the shards of "${path}" as no shard has a row of this record`,
      { path },
    );
  }
  return all;
}

/** Makes the maps of photos, a batch at a time: F32 `[2, H, W]` of each, and the engine. */
async function computeMaps(
  chosen: readonly ChosenPhoto[],
  head: SavedHead,
  job: EvidenceJob,
  progress: (done: number) => void,
): Promise<{ maps: Float32Array[]; engine: string }> {
  const { classNames } = job.inputs.index;
  const pixels = await readChosen(chosen, job);
  const imageBytes = pixels.length / chosen.length;
  const arithmetic = decodeArithmetic(head.metadata);
  const engine = await job.openBackbone({ change: withoutPool, arithmetic });
  const maps: Float32Array[] = [];
  const known = new Map<number, Float64Array>();
  for (let start = 0; start < chosen.length; start += engine.batchSize) {
    job.signal.throwIfAborted();
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
        activationMap(head, own, classNames.indexOf(name), known)
      );
      maps.push(Float32Array.from(pair.flatMap((map) => [...map])));
    });
    progress(maps.length);
  }
  return { maps, engine: engine.name };
}

/** Makes the content of the shard; for no photos no engine is started. */
async function makeMaps(
  chosen: readonly ChosenPhoto[],
  job: EvidenceJob,
  progress: (done: number) => void,
): Promise<ShardContent> {
  const count = chosen.length;
  const head = await job.inputs.head.readHead();
  const { maps, engine } = count === 0
    ? { maps: [], engine: "" }
    : await computeMaps(chosen, head, job, progress);
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
    metadata: { engine, method: mapMethod(head.shape) },
  };
}

/** Makes the files of the stage that are missing. */
export async function makeEvidence(
  job: EvidenceJob,
): Promise<Made | undefined> {
  const { files, run: { config }, inputs: { evaluation } } = job;
  const chosen = await choosePhotos(
    evaluation.streamPredictions(),
    uniformNumbers(config.seed, STREAMS.evidence),
  );
  const [maps] = await fillShards(files, [{
    path: MAPS,
    images: chosen.length,
    make: (progress) => makeMaps(chosen, job, progress),
  }], job);
  const lines = encodeJsonLines(listEvidence(chosen));
  const list = await files.write(EVIDENCE_FILE, lines);
  const mistakes = chosen.filter(({ reason }) => reason === "mistake").length;
  const counts = { mistakes, right: chosen.length - mistakes };
  return { files: [maps!.entry, list], counts };
}
