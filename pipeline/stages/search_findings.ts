/**
 * The search for findings, from neighbours, labels and the dataset index.
 *
 * @module
 */

import type { ManifestFile } from "../artifact/manifest.ts";
import type { StageFiles } from "../artifact/stage_files.ts";
import { countLabels } from "../dataset/check_dataset.ts";
import type { ImageRecords } from "../dataset/image_records.ts";
import { SPLITS } from "../dataset/split.ts";
import {
  ClassConfidence,
  suspectLabel,
} from "../findings/confident_learning.ts";
import { listCopies } from "../findings/copies.ts";
import { FindingWriter } from "../findings/describe.ts";
import {
  compareFindings,
  type Finding,
  FINDING_KINDS,
  type FindingKind,
} from "../findings/finding.ts";
import { groupByDigest, type Images } from "../findings/images.ts";
import { LeaveOneOut } from "../findings/leave_one_out.ts";
import type { Multiply } from "../findings/multiply.ts";
import { NEAR_COPY_COSINE, NearCopies } from "../findings/near_copies.ts";
import { findOutliers, meanDistance } from "../findings/outliers.ts";
import { Samples } from "../findings/samples.ts";
import {
  findSmallClasses,
  NEEDED_TO_TRAIN,
} from "../findings/small_classes.ts";
import { Strongest } from "../findings/strongest.ts";
import type { EmbeddingSource } from "../head/embeddings_source.ts";
import type { DeviceContext } from "./context.ts";
import { readNeighbours } from "./neighbour_shards.ts";

/** Most findings of a kind that are written: who has more has to mend the data first. */
export const FINDINGS_LIMIT = 1000;

/** What the stage works on. */
export interface FindingsInput {
  /** Embeddings of each split that has any, in the order of the splits. */
  sources: EmbeddingSource[];
  /** The dataset index. */
  records: ImageRecords;
  /** Class names by label. */
  classNames: string[];
  /** Multiplies matrices. */
  multiply: Multiply;
}

/** A search that is under way. */
export interface FindingsSearch extends FindingsInput {
  /** All samples as vectors. */
  samples: Samples;
  /** The samples by their bytes. */
  images: Images;
  /** Position of each sample's split in `SPLITS`, U8 `[count]`. */
  splits: Uint8Array;
  /** Puts findings in words. */
  writer: FindingWriter;
  /** What was found so far. */
  lists: Record<FindingKind, Strongest<Finding>>;
}

/**
 * Prepares a search; reads all embeddings once.
 *
 * @param input Embeddings, index and engine.
 * @returns The search, with nothing found yet.
 */
export function startSearch(input: FindingsInput): FindingsSearch {
  const { sources, records, classNames } = input;
  const samples = new Samples(sources);
  const lists = Object.fromEntries(FINDING_KINDS.map((kind) => [
    kind,
    new Strongest<Finding>(FINDINGS_LIMIT, compareFindings),
  ])) as FindingsSearch["lists"];
  return {
    ...input,
    samples,
    images: groupByDigest(samples.records, records),
    splits: Uint8Array.from(
      samples.records,
      (record) => SPLITS.indexOf(records.split(record)),
    ),
    writer: new FindingWriter(samples.records, records, classNames),
    lists,
  };
}

/**
 * Finds near-copies and outliers by neighbours.
 *
 * @param files Files of the stage.
 * @param shards The shards of neighbours, in order.
 * @param search The search.
 */
export async function searchNeighbours(
  files: StageFiles,
  shards: readonly ManifestFile[],
  search: FindingsSearch,
): Promise<void> {
  const { samples, splits, writer, lists } = search;
  const nearCopies = new NearCopies(splits);
  const means = new Float32Array(samples.count);
  const all = readNeighbours(files, shards, samples.records);
  for await (const { sample, others, cosines, distances } of all) {
    nearCopies.add(sample, others, cosines);
    const nearCopy = NEAR_COPY_COSINE;
    means[sample] = meanDistance({ cosines, distances, nearCopy });
  }
  for (const pair of nearCopies.pairs()) {
    lists["near-copy"].add(writer.nearCopy(pair));
  }
  for (const far of findOutliers(means)) lists.outlier.add(writer.outlier(far));
}

/**
 * Finds labels that the other photos contradict; of copies the first is judged.
 *
 * @param search The search.
 * @param context The stop signal, and what says that the device has failed.
 */
export async function searchLabels(
  search: FindingsSearch,
  context: Pick<DeviceContext, "signal" | "guard">,
): Promise<void> {
  const { samples, images, classNames, multiply, writer, lists } = search;
  const { signal, guard } = context;
  const classCount = classNames.length;
  const chosen = images.firsts;
  if (chosen.length < 2) return;
  const options = { chosen, classCount, multiply, signal };
  const judges = await LeaveOneOut.fit(samples, options);
  const confidence = new ClassConfidence(classCount);
  const labelsOf = (block: Int32Array) =>
    block.map((sample) => samples.labels[sample]!);
  for await (const block of judges.judge()) {
    confidence.add(block.probabilities, labelsOf(block.samples));
  }
  const thresholds = confidence.thresholds();
  const counts = confidence.counts();
  const maySuggest = (label: number) => counts[label]! >= NEEDED_TO_TRAIN;
  for await (const { samples: block, probabilities } of judges.judge()) {
    labelsOf(block).forEach((label, i) => {
      // Without it the others do not know of its class.
      if (counts[label] === 1) return;
      const start = i * classCount;
      const own = probabilities.subarray(start, start + classCount);
      const suspicion = suspectLabel(own, label, thresholds, maySuggest);
      if (suspicion) lists.label.add(writer.label(block[i]!, suspicion));
    });
  }
  guard?.();
}

/**
 * Finds copies and small classes, for which the index is enough.
 *
 * @param search The search.
 */
export function searchIndex(search: FindingsSearch): void {
  const { samples, images, splits, records, writer, lists } = search;
  const { labels } = samples;
  for (const group of listCopies(images, { splits, labels })) {
    lists.copy.add(writer.copy(group));
  }
  const counts = countLabels(records, {
    classCount: search.classNames.length,
    rows: samples.records,
  });
  const smallClasses = findSmallClasses(counts);
  // One pass for all of them, as there may be as many as classes.
  const keyOf = (split: number, label: number) => label * SPLITS.length + split;
  const shown = new Map(smallClasses.map(({ split, label }) => [
    keyOf(SPLITS.indexOf(split), label),
    new Array<number>(),
  ]));
  labels.forEach((label, sample) =>
    shown.get(keyOf(splits[sample]!, label))?.push(sample)
  );
  for (const small of smallClasses) {
    const key = keyOf(SPLITS.indexOf(small.split), small.label);
    lists["small-class"].add(writer.smallClass(small, shown.get(key)!));
  }
}
