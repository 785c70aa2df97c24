/** What makes a dataset unusable, and what makes it doubtful. */

import { levenshteinDistance } from "@std/text/levenshtein-distance";
import { DatasetError } from "../errors.ts";
import { compareCodePoints } from "../artifact/code_points.ts";
import { warnOfCopies } from "./copies.ts";
import type { Rejection } from "./image_record.ts";
import type { ImageRecords } from "./image_records.ts";
import { type Split, SPLITS } from "./split.ts";

/** Ratio of the largest to the smallest class from which a warning is given. */
const IMBALANCE = 3;

/** Names shown in a message before the rest is counted. */
const SHOWN = 5;

/** Joins names for a message: the first few, and how many more. */
function listNames(names: readonly string[]): string {
  const shown = [...names].sort(compareCodePoints).slice(0, SHOWN).map((name) =>
    `"${name}"`
  ).join(", ");
  const more = names.length - SHOWN;
  return more > 0 ? `${shown} and ${more} more` : shown;
}

/**
 * Counts records by split and label.
 *
 * @param options How many classes there are, and the rows to count; all if not given.
 * @returns For each split, the number of images of each label.
 */
export function countLabels(
  records: ImageRecords,
  options: { classCount: number; rows?: Iterable<number> | undefined },
): Record<Split, number[]> {
  const { classCount, rows = Array(records.length).keys() } = options;
  const zeros = () => new Array<number>(classCount).fill(0);
  const counts = { train: zeros(), validation: zeros(), test: zeros() };
  for (const row of rows) counts[records.split(row)][records.label(row)]!++;
  return counts;
}

/**
 * Most classes: beyond, a confusion matrix takes more than 4 GB. Who has more has
 * named a column in which every row has a value of its own.
 */
const MAX_CLASSES = 32_768;

/**
 * Refuses more classes than can be evaluated.
 *
 * @throws {DatasetError} If there are more than 32,768.
 */
export function limitClasses(
  classNames: ReadonlySet<string>,
  origin: string,
): void {
  const { size } = classNames;
  if (size <= MAX_CLASSES) return;
  const [first] = classNames;
  throw new DatasetError(
    `Cannot use "${origin}" as there may be ${MAX_CLASSES} classes at most: there are ${size}, such as "${first}"; is it the right folder or label column?`,
  );
}

/** Most letters in which a class may differ from the one that may be meant. */
const MAX_TYPOS = 2;

/** Asks whether classes that cannot be trained are others, mistyped. */
function askForTypos(
  untrained: readonly string[],
  trained: readonly string[],
): string {
  // Each is compared with all: of many, the first stand for the others.
  for (const name of untrained.slice(0, SHOWN)) {
    const meant = trained.find((other) =>
      levenshteinDistance(name.toLowerCase(), other.toLowerCase()) <=
        Math.min(MAX_TYPOS, name.length / 2)
    );
    if (meant !== undefined) return `; is "${name}" meant to be "${meant}"?`;
  }
  return "";
}

/**
 * Refuses datasets that no classifier can be trained on.
 *
 * @param rejected Photos that cannot be used.
 * @throws {DatasetError} If there is one class or none, or a class has no training image.
 */
export function requireTrainable(
  counts: Record<Split, number[]>,
  classNames: readonly string[],
  origin: string,
  rejected: readonly Rejection[] = [],
): void {
  if (classNames.length === 0 && rejected.length > 0) {
    const [{ path, reason }] = rejected as [Rejection];
    throw new DatasetError(
      `Cannot use "${origin}" as none of its photos, ${rejected.length} in all, can be used: of the first, "${path}", ${reason}`,
    );
  }
  if (classNames.length < 2) {
    throw new DatasetError(
      `Cannot use "${origin}" as there must be at least two classes: there is ${
        listNames(classNames) || "none"
      }`,
    );
  }
  const isTrained = (_: string, label: number) => counts.train[label]! > 0;
  const trained = classNames.filter(isTrained);
  const untrained = classNames.filter((name, i) => !isTrained(name, i));
  if (untrained.length > 0) {
    throw new DatasetError(
      `Cannot use "${origin}" as every class must have a usable image in train: there is none for ${
        listNames(untrained)
      }${askForTypos(untrained, trained)}`,
    );
  }
}

/** The name of a class without what people write now so, now so: case, spaces, and how accents are encoded. */
function plainName(name: string): string {
  return name.normalize("NFC").toLowerCase().replaceAll(/[\s_-]/g, "");
}

/** Finds what a person should know before training. */
export function findWarnings(
  records: ImageRecords,
  classNames: readonly string[],
): string[] {
  const warnings = warnOfCopies(records);
  const counts = countLabels(records, { classCount: classNames.length });
  const largest = counts.train.reduce((a, b) => Math.max(a, b), 0);
  const smallest = counts.train.reduce((a, b) => Math.min(a, b), Infinity);
  if (largest >= IMBALANCE * smallest) {
    const name = (count: number) => classNames[counts.train.indexOf(count)];
    warnings.push(
      `classes are out of balance: ${largest} training images of "${
        name(largest)
      }", ${smallest} of "${
        name(smallest)
      }"; train --class-weights balanced may help`,
    );
  }
  const alike = Map.groupBy(classNames, plainName);
  for (const names of alike.values()) {
    if (names.length > 1) {
      warnings.push(`are these one class, spelled apart: ${listNames(names)}?`);
    }
  }
  for (const split of SPLITS.slice(1)) {
    const absent = classNames.filter((_, i) => counts[split][i] === 0);
    if (absent.length > 0 && absent.length < classNames.length) {
      warnings.push(`${split} has no image of ${listNames(absent)}`);
    }
  }
  return warnings;
}

/**
 * Says that classes are left out as none of their photos can be used.
 *
 * @returns The sentence, without a period.
 */
export function describeUnusable(names: readonly string[]): string {
  return `left out as no photo of theirs can be used: ${listNames(names)}`;
}

/**
 * Says that files were left alone, if any were.
 *
 * @returns The sentence, without a period; none if all were taken.
 */
export function describeOtherFiles(paths: readonly string[]): string[] {
  if (paths.length === 0) return [];
  const others = paths.length > 1 ? ` and ${paths.length - 1} more` : "";
  return [
    `ignored, as not an image in a class folder: "${paths[0]}"${others}`,
  ];
}

/** Makes the error of a strict run. */
export function strictError(rejection: Rejection): DatasetError {
  return new DatasetError(
    `Cannot use "${rejection.path}" as ${rejection.reason}; with --no-strict it is listed and left out`,
  );
}
