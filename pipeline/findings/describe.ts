/** Findings in words, with their photos. */

import type { ImageRecords } from "../dataset/image_records.ts";
import type { CopyGroup } from "./images.ts";
import type { Finding, FindingPhoto } from "./finding.ts";
import type { LookAlikes } from "./near_copies.ts";
import type { FarSample } from "./outliers.ts";
import type { SmallClass } from "./small_classes.ts";

/** Most photos that a finding shows. */
export const SHOWN_PHOTOS = 24;

/** Most classes that a message names. */
const NAMED = 5;

/** A label that is probably wrong. */
export interface LabelSuspicion {
  sample: number;
  /** The label that the photo looks like. */
  suggested: number;
  /** Probability that its own is wrong. */
  wrong: number;
}

/** Rounds a score to 4 digits, on which engines nearly always agree. */
export function rounded(score: number): number {
  return Number(score.toFixed(4));
}

/** Joins names: `train, validation and test`; the first few of many. */
function join(names: Iterable<string>): string {
  const all = [...names];
  // Never "1 others": its name takes as much room.
  const many = all.length > NAMED + 1;
  const shown = many ? all.slice(0, NAMED) : all;
  const last = many ? `${all.length - NAMED} others` : shown.pop()!;
  return shown.length > 0 ? `${shown.join(", ")} and ${last}` : last;
}

/** Puts findings in words. */
export class FindingWriter {
  readonly #samples: Int32Array;
  readonly #records: ImageRecords;
  readonly #classNames: readonly string[];

  /**
   * Prepares to describe findings.
   *
   * @param samples Row of each sample in the dataset index, I32 `[count]`.
   */
  constructor(
    samples: Int32Array,
    records: ImageRecords,
    classNames: readonly string[],
  ) {
    this.#samples = samples;
    this.#records = records;
    this.#classNames = classNames;
  }

  /** The first few of samples, but of each split and of each class one before more of another. */
  #choose(samples: readonly number[]): readonly number[] {
    if (samples.length <= SHOWN_PHOTOS) return samples;
    const chosen = new Set<number>();
    const take = (keyOf: (sample: number) => string | number) => {
      const taken = new Set<string | number>();
      for (const sample of samples) {
        if (chosen.size === SHOWN_PHOTOS) return;
        const key = keyOf(sample);
        if (!taken.has(key)) chosen.add(sample);
        taken.add(key);
      }
    };
    take((sample) => this.#records.split(this.#samples[sample]!));
    take((sample) => this.#records.label(this.#samples[sample]!));
    take((sample) => sample);
    return samples.filter((sample) => chosen.has(sample));
  }

  /** The photos of some samples, a few of them. */
  #photos(samples: readonly number[]): FindingPhoto[] {
    return this.#choose(samples).map((sample) => {
      const record = this.#samples[sample]!;
      const { path, split, label } = this.#records.at(record);
      return { record, path, split, class: this.#classNames[label]! };
    });
  }

  /** Says where all of some samples are, which should not be the same. */
  #where(samples: readonly number[]): string {
    const rows = samples.map((sample) => this.#samples[sample]!);
    const splits = new Set(rows.map((row) => this.#records.split(row)));
    const labels = new Set(rows.map((row) => this.#records.label(row)));
    if (labels.size === 1) return `in ${join(splits)}`;
    const names = [...labels]
      .map((label) => JSON.stringify(this.#classNames[label]!));
    return `in ${join(splits)}, under ${join(names)}`;
  }

  describeCopies(group: CopyGroup): Finding {
    const { samples, acrossSplits, acrossClasses } = group;
    const photos = this.#photos(samples);
    const times = samples.length;
    return {
      kind: "copy",
      photos,
      score: times,
      message: `the same file ${times} times, ${this.#where(samples)}`,
      acrossSplits,
      acrossClasses,
    };
  }

  describeNearCopy(pair: LookAlikes): Finding {
    const { a, b, cosine, acrossSplits } = pair;
    const photos = this.#photos([a, b]);
    return {
      kind: "near-copy",
      photos,
      score: rounded(cosine),
      message: `look the same (cosine ${cosine.toFixed(3)}), ${
        this.#where([a, b])
      }`,
      acrossSplits,
      acrossClasses: photos[0]!.class !== photos[1]!.class,
    };
  }

  describeLabel(suspicion: LabelSuspicion & { precision: number }): Finding {
    const { sample, suggested, wrong, precision } = suspicion;
    const photos = this.#photos([sample]);
    const name = this.#classNames[suggested]!;
    return {
      kind: "label",
      photos,
      score: rounded(wrong),
      message: `labelled ${JSON.stringify(photos[0]!.class)}, looks like ${
        JSON.stringify(name)
      }`,
      suggested: name,
      precision: rounded(precision),
    };
  }

  describeOutlier(far: FarSample): Finding {
    const { sample, deviations } = far;
    return {
      kind: "outlier",
      photos: this.#photos([sample]),
      score: rounded(deviations),
      message: `far from every class: ${
        deviations.toFixed(1)
      } robust deviations above the median distance`,
    };
  }

  describeSmallClass(small: SmallClass, samples: readonly number[]): Finding {
    const { split, label, count, needed } = small;
    const purpose = split === "train" ? "train on" : "judge by";
    const name = JSON.stringify(this.#classNames[label]!);
    const photos = count === 1 ? "photo" : "photos";
    return {
      kind: "small-class",
      photos: this.#photos(samples),
      score: rounded(1 - count / needed),
      message:
        `${count} ${photos} of ${name} in ${split}: ${needed} are needed to ${purpose}`,
    };
  }
}
