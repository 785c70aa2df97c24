/** The search for findings, from neighbours, labels and the dataset index. */

import { countLabels } from "../dataset/check_dataset.ts";
import type { ImageRecords } from "../dataset/image_records.ts";
import { SPLITS } from "../dataset/split.ts";
import { ClassConfidence, suspectLabel } from "./confident_learning.ts";
import { FindingWriter, type LabelSuspicion, rounded } from "./describe.ts";
import {
  compareFindings,
  type Finding,
  FINDING_KINDS,
  type FindingKind,
} from "./finding.ts";
import { groupByDigest, type Images, listCopies } from "./images.ts";
import { NoiseFit, worthALook, wrongProbability } from "./label_noise.ts";
import { fitLeaveOneOut } from "./leave_one_out.ts";
import {
  commonCosine,
  countLookAlikes,
  type LookAlikes,
  NearCopies,
} from "./near_copies.ts";
import type { SampleNeighbours } from "./neighbours.ts";
import { findOutliers, meanDistance } from "./outliers.ts";
import { Samples } from "./samples.ts";
import { findSmallClasses, NEEDED_TO_TRAIN } from "./small_classes.ts";
import { Strongest } from "./strongest.ts";
import type { EmbeddingSource } from "../head/embeddings_source.ts";
import type { Multiply } from "../numeric/matrices.ts";

/** Most findings of a kind that are written; with more, the data must be mended first. */
const FINDINGS_LIMIT = 1000;

/** The data that is searched. */
export interface FindingsInput {
  /** Embeddings of each split that has any, in the order of the splits. */
  sources: EmbeddingSource[];
  records: ImageRecords;
  /** Class names by label. */
  classNames: readonly string[];
  multiply: Multiply;
}

/** A search for findings: each kind is added on its own. */
export class FindingsSearch {
  /** All samples as vectors. */
  readonly samples: Samples;
  /** The samples by their bytes. */
  readonly images: Images;
  /** Position of each sample's split in `SPLITS`, U8 `[count]`. */
  readonly splits: Uint8Array;
  readonly multiply: Multiply;
  /** Findings so far, by kind. */
  readonly lists: Record<FindingKind, Strongest<Finding>>;
  readonly #records: ImageRecords;
  readonly #classNames: readonly string[];
  readonly #writer: FindingWriter;

  /** Prepares a search; reads all embeddings once. */
  constructor(input: FindingsInput) {
    const { sources, records, classNames, multiply } = input;
    const samples = new Samples(sources);
    this.samples = samples;
    this.images = groupByDigest(samples.records, records);
    this.splits = Uint8Array.from(
      samples.records,
      (record) => SPLITS.indexOf(records.split(record)),
    );
    this.multiply = multiply;
    this.lists = Object.fromEntries(FINDING_KINDS.map((kind) => [
      kind,
      new Strongest<Finding>(FINDINGS_LIMIT, compareFindings),
    ])) as FindingsSearch["lists"];
    this.#records = records;
    this.#classNames = classNames;
    this.#writer = new FindingWriter(samples.records, records, classNames);
  }

  /**
   * Adds near-copies and outliers.
   *
   * @param read Reads the neighbours of all samples; called twice.
   */
  async addNeighbours(
    read: () => AsyncIterable<SampleNeighbours>,
  ): Promise<void> {
    const { samples, splits, lists } = this;
    const nearCopies = new NearCopies(splits);
    const means = new Float32Array(samples.count);
    const last = new Float32Array(samples.count);
    for await (const { sample, cosines } of read()) {
      last[sample] = cosines.at(-1) ?? -1;
    }
    const common = commonCosine(last);
    for await (const { sample, others, cosines, distances } of read()) {
      const count = countLookAlikes(cosines, common);
      nearCopies.add(sample, others.subarray(0, count), cosines);
      means[sample] = meanDistance(distances.subarray(count));
    }
    // Chosen before they are described: where all photos look alike, there are more
    // descriptions than memory for them.
    const strongest = new Strongest(FINDINGS_LIMIT, this.#comparePairs());
    for (const pair of nearCopies.pairs()) strongest.add(pair);
    const chosen = strongest.list();
    for (const pair of chosen) {
      lists["near-copy"].add(this.#writer.describeNearCopy(pair));
    }
    lists["near-copy"].skip(strongest.total - chosen.length);
    for (const far of findOutliers(means)) {
      lists.outlier.add(this.#writer.describeOutlier(far));
    }
  }

  /** Returns an order of pairs: that of their findings. */
  #comparePairs(): (a: LookAlikes, b: LookAlikes) => number {
    const { labels, records } = this.samples;
    const flag = ({ acrossSplits, a, b }: LookAlikes) =>
      (acrossSplits ? 2 : 0) + (labels[a] === labels[b] ? 0 : 1);
    return (one, other) =>
      flag(other) - flag(one) ||
      rounded(other.cosine) - rounded(one.cosine) ||
      records[one.a]! - records[other.a]! ||
      records[one.b]! - records[other.b]!;
  }

  /**
   * Adds labels that the other photos contradict, as far as the list is worth a look;
   * of copies the first is judged.
   *
   * @param signal Stops the search after the current block.
   */
  async addLabels(signal: AbortSignal): Promise<void> {
    const { samples, images, multiply, lists } = this;
    const classCount = this.#classNames.length;
    const chosen = images.firsts;
    if (chosen.length < 2 || classCount < 2) return;
    const options = { chosen, classCount, multiply, signal };
    const scoreAll = await fitLeaveOneOut(samples, options);
    const confidence = new ClassConfidence(classCount);
    const labelsOf = (block: Int32Array) =>
      block.map((sample) => samples.labels[sample]!);
    const noiseFit = new NoiseFit(chosen.length, classCount);
    const ownOf = (probabilities: Float64Array, i: number) =>
      probabilities.subarray(i * classCount, (i + 1) * classCount);
    for await (const { samples: block, probabilities } of scoreAll()) {
      const own = labelsOf(block);
      confidence.add(probabilities, own);
      own.forEach((label, i) => noiseFit.add(ownOf(probabilities, i), label));
    }
    const noise = noiseFit.fit();
    const thresholds = confidence.thresholds();
    const counts = confidence.counts();
    const maySuggest = (label: number) => counts[label]! >= NEEDED_TO_TRAIN;
    const suspicions: LabelSuspicion[] = [];
    for await (const { samples: block, probabilities } of scoreAll()) {
      labelsOf(block).forEach((label, i) => {
        // Without this photo the classifier has no photo of its class.
        if (counts[label] === 1) return;
        const own = ownOf(probabilities, i);
        const suggested = suspectLabel(own, label, thresholds, maySuggest);
        if (suggested === undefined) return;
        const wrong = wrongProbability(own, label, noise);
        suspicions.push({ sample: block[i]!, suggested, wrong });
      });
    }
    for (const suspicion of worthALook(suspicions)) {
      lists.label.add(this.#writer.describeLabel(suspicion));
    }
  }

  /** Adds copies and small classes, for which the index is enough. */
  addCopiesAndSmallClasses(): void {
    const { samples, images, splits, lists } = this;
    const { labels } = samples;
    for (const group of listCopies(images, { splits, labels })) {
      lists.copy.add(this.#writer.describeCopies(group));
    }
    const counts = countLabels(this.#records, {
      classCount: this.#classNames.length,
      rows: samples.records,
    });
    const smallClasses = findSmallClasses(counts);
    // One pass for all of them, as there may be as many as classes.
    const keyOf = (split: number, label: number) =>
      label * SPLITS.length + split;
    const shown = new Map(smallClasses.map(({ split, label }) => [
      keyOf(SPLITS.indexOf(split), label),
      new Array<number>(),
    ]));
    labels.forEach((label, sample) =>
      shown.get(keyOf(splits[sample]!, label))?.push(sample)
    );
    for (const small of smallClasses) {
      const key = keyOf(SPLITS.indexOf(small.split), small.label);
      lists["small-class"].add(
        this.#writer.describeSmallClass(small, shown.get(key)!),
      );
    }
  }
}
