/**
 * The facts of a run that its page shows.
 *
 * @module
 */

import { readHeader } from "../artifact/shard.ts";
import { PRESETS, presetWithDigest } from "../backbone/presets.ts";
import { countLabels } from "../dataset/check_dataset.ts";
import type { Rejection } from "../dataset/image_record.ts";
import type { ImageRecords } from "../dataset/image_records.ts";
import { streamJsonLines } from "../dataset/json_lines.ts";
import type { BackboneFacts, PhotoCounts } from "../report/page/data.ts";
import { INDEX_FILES } from "../stages/read_index.ts";
import type { StageResult } from "../stages/run_stage.ts";
import type { Session } from "./session.ts";

/**
 * Describes the backbone of a run; its file may be gone.
 *
 * @param session The run.
 * @returns What it is and what happens to a photo before it.
 */
export function describeBackbone(
  { backbone, preprocessing }: Session,
): BackboneFacts {
  const { name, variant } = backbone;
  const digest = backbone.digest!;
  const preset = Object.hasOwn(PRESETS, name)
    ? PRESETS[name]
    : presetWithDigest(digest);
  const { profile, geometry, normalization } = preprocessing;
  const { imageSize, resize, shortSide, interpolation } = geometry;
  const { orientation } = geometry;
  const { channels, mean, std } = normalization;
  const square = resize === "stretch"
    ? `stretched to ${imageSize} x ${imageSize}`
    : `short side to ${shortSide}, ${imageSize} x ${imageSize} cut from the centre`;
  const numbers = (values: readonly number[]) =>
    values.map((value) => Number(value.toFixed(3))).join(", ");
  return {
    name,
    description: preset?.description ?? "a weight file",
    variant,
    digest,
    licence: preset?.licence ?? "not known: see where the file is from",
    preprocessing: `${profile}: ${square}, ${interpolation}, EXIF orientation ${
      orientation === "apply" ? "applied" : "ignored"
    }; ${channels}, less (${numbers(mean)}), divided by (${numbers(std)})`,
  };
}

/** Reads the paths of photos that were left out of the tensors. */
async function readRejected(tensors: StageResult): Promise<Set<string>> {
  const { files, manifest } = tensors;
  const name = INDEX_FILES.rejected;
  const entry = manifest.files.find(({ path }) => path === name)!;
  const paths = new Set<string>();
  const lines = streamJsonLines<Rejection>(
    files.stream(entry),
    files.path(name),
  );
  for await (const { path } of lines) paths.add(path);
  return paths;
}

/**
 * Counts the photos that were used, by split and class.
 *
 * @param records The dataset index.
 * @param tensors The tensors, complete.
 * @param classes Number of classes.
 * @returns The counts, and how many photos were left out.
 */
export async function countPhotos(
  records: ImageRecords,
  tensors: StageResult,
  classes: number,
): Promise<PhotoCounts> {
  const rejected = await readRejected(tensors);
  const rows = (function* () {
    for (let row = 0; row < records.length; row++) {
      if (rejected.size === 0 || !rejected.has(records.path(row))) yield row;
    }
  })();
  const bySplit = countLabels(records, { classCount: classes, rows });
  return { bySplit, rejected: rejected.size };
}

/**
 * Names the engines that computed embeddings, from the headers of the shards.
 *
 * @param session The run.
 * @param embeddings The embeddings, complete.
 * @returns Their names, sorted, with commas between.
 */
export async function embeddingEngines(
  { store }: Session,
  { files, manifest }: StageResult,
): Promise<string> {
  const engines = new Set<string>();
  for (const { path, rows } of manifest.files) {
    if (!rows) continue;
    const header = await readHeader(store, files.path(path));
    for (const name of header?.metadata.engine?.split(",") ?? []) {
      engines.add(name);
    }
  }
  return [...engines].sort().join(", ");
}
