/**
 * Classes without a photo that can be decoded, which a dataset index leaves out.
 *
 * The header of a photo may be right where its data is damaged, so some are decoded
 * before a class counts: as a rule one, and all only of a class that is lost.
 */

import {
  completeRecords,
  type IndexConfig,
} from "../dataset/complete_records.ts";
import type { Rejection } from "../dataset/image_record.ts";
import { ImageRecords } from "../dataset/image_records.ts";
import { ImageError } from "../errors.ts";
import { mapInOrder } from "../map_in_order.ts";
import type { photoDecoder } from "./decode_photos.ts";

/** How photos are tried. */
interface WholeOptions {
  decode: ReturnType<typeof photoDecoder>;
  /** Classes that are looked at at a time. */
  atOnce: number;
  /** Stops before the next photo. */
  signal: AbortSignal;
}

/** What is wrong with photos that were tried, by digest; `undefined` of those that can be decoded. */
type Tried = Map<string, string | undefined>;

/** Lists the rows of a class but one, those to train on first. */
function* otherRows(records: ImageRecords, row: number): Generator<number> {
  for (const isTrain of [true, false]) {
    for (let other = 0; other < records.length; other++) {
      const isOwn = records.label(other) === records.label(row);
      const isTurn = (records.split(other) === "train") === isTrain;
      if (other !== row && isOwn && isTurn) yield other;
    }
  }
}

/**
 * Finds the photos that cannot be decoded in classes that have none to train on.
 *
 * @returns Why, by row; nothing of a class that has a photo to train on.
 */
async function findBroken(
  records: ImageRecords,
  { decode, atOnce, signal }: WholeOptions,
  tried: Tried,
): Promise<Map<number, string>> {
  const first = new Map<number, number>();
  for (const row of records.rowsOf("train")) {
    const label = records.label(row);
    if (!first.has(label)) first.set(label, row);
  }
  const classes = mapInOrder(first.values(), atOnce, async (row) => {
    const broken = new Map<number, string>();
    const rows = function* () {
      yield row;
      yield* otherRows(records, row);
    };
    for (const own of rows()) {
      signal.throwIfAborted();
      const record = records.at(own);
      const { digest } = record;
      if (!tried.has(digest)) {
        const made = await decode(record);
        tried.set(
          digest,
          made instanceof ImageError ? made.message : undefined,
        );
      }
      const reason = tried.get(digest);
      if (reason !== undefined) broken.set(own, reason);
      else if (records.split(own) === "train") return [];
    }
    return broken;
  });
  const all = new Map<number, string>();
  for await (const broken of classes) {
    for (const [row, reason] of broken) all.set(row, reason);
  }
  return all;
}

/**
 * Completes records, without the photos of classes that cannot be trained on as those
 * photos cannot be decoded: a class that has no others is left out.
 *
 * @param opened The photos, as for {@linkcode completeRecords}.
 * @param config The shares to hold out, and the seed where a split is drawn.
 * @param options How photos are tried, and what hears of those that are left out; it may throw to stop.
 * @throws {DatasetError} If a photo is not what was opened.
 */
export async function completeWhole(
  opened: ImageRecords,
  names: readonly string[],
  config: IndexConfig,
  options: WholeOptions & { reject: (rejection: Rejection) => void },
): Promise<{ records: ImageRecords; classNames: string[] }> {
  const tried: Tried = new Map();
  for (let left = opened;;) {
    const complete = completeRecords(left, names, config);
    const broken = await findBroken(complete.records, options, tried);
    if (broken.size === 0) return complete;
    for (const [row, reason] of [...broken].sort(([a], [b]) => a - b)) {
      const { path, digest } = complete.records.at(row);
      options.reject({ path, reason, digest });
    }
    const whole = left[Symbol.iterator]().filter((_, row) => !broken.has(row));
    left = new ImageRecords(whole);
  }
}
