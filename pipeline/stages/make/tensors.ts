/** Making tensors: shards of pixels, and the list of photos that were left out. */

import { planShards } from "../../artifact/shard_name.ts";
import { countLabels, requireTrainable } from "../../dataset/check_dataset.ts";
import type { Rejection } from "../../dataset/image_record.ts";
import type { ImageRecords } from "../../dataset/image_records.ts";
import { encodeJsonLines } from "../../dataset/json_lines.ts";
import { type Split, SPLITS } from "../../dataset/split.ts";
import type { FilledShard, ShardJob } from "../../shards/fill_shards.ts";
import { fillShare } from "../../shards/fill_share.ts";
import { type IndexedRecords, makeImageRows } from "../../shards/image_rows.ts";
import { RowCache } from "../../shards/row_cache.ts";
import { warnOfSpace } from "../../shards/space.ts";
import type { DATASET_INDEX } from "../dataset_index.ts";
import { rejecter } from "../rejecter.ts";
import type { Job, Made } from "../stage.ts";
import { REJECTED } from "../tensors.ts";

/** Bytes of a row besides its pixels: label, record and digest. */
const ROW_BYTES = 40;

/** Makes the records of some rows, each when it is read. */
function recordsAt(records: ImageRecords, rows: Int32Array): IndexedRecords {
  return {
    length: rows.length,
    *[Symbol.iterator]() {
      for (const row of rows) yield { ...records.at(row), row };
    },
  };
}

/** Counts the samples by split, and refuses what cannot be trained on. */
function countSamples(
  shards: readonly FilledShard[],
  records: ImageRecords,
  options: { classNames: readonly string[]; origin: string },
): Record<Split, number> {
  const { classNames, origin } = options;
  const rows = (function* () {
    for (const shard of shards) yield* shard.records;
  })();
  const counts = countLabels(records, { classCount: classNames.length, rows });
  requireTrainable(counts, classNames, origin);
  const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
  return {
    train: sum(counts.train),
    validation: sum(counts.validation),
    test: sum(counts.test),
  };
}

/** Makes the files of the stage that are missing. */
export async function makeTensors(
  job: Job<{ index: typeof DATASET_INDEX }, { shardSize: number }>,
): Promise<Made | undefined> {
  const { files, config, inputs: { index }, run, emit, store } = job;
  const { geometry } = run.preprocessing;
  const { stage } = files.work;
  const { store: photos, origin, readsAtOnce } = await job.photos.open();
  let cache: Promise<RowCache> | undefined;
  using preprocessor = await job.openPreprocessor();
  let reused = 0;
  const source = {
    photos,
    readsAtOnce,
    imageSize: geometry.imageSize,
    preprocessor,
    reject: rejecter(job),
    tell: (message: string) => emit({ type: "warning", stage, message }),
    reused: () => void reused++,
  };
  const records = await index.readRecords();
  const jobs = SPLITS.flatMap((split): ShardJob[] => {
    const rows = records.rowsOf(split);
    const plans = planShards(split, {
      rows: rows.length,
      shardSize: config.shardSize,
    });
    return plans.map(({ path, start, end }) => ({
      path,
      images: end - start,
      make: async (progress) =>
        await makeImageRows(recordsAt(records, rows.subarray(start, end)), {
          ...source,
          cache: await (cache ??= RowCache.open(store, files.work)),
          progress,
        }),
    }));
  });
  const rowBytes = geometry.imageSize ** 2 * 3 + ROW_BYTES;
  await warnOfSpace(job, records.length * rowBytes);
  const { seal } = preprocessor;
  const shards = await fillShare(files, jobs, { ...job, seal });
  if (shards === undefined) return undefined;
  for (const { isKept, entry } of shards) if (isKept) reused += entry.rows!;
  const { classNames } = index;
  const samples = countSamples(shards, records, { classNames, origin });
  const rejected: Rejection[] = [
    ...await Array.fromAsync(index.streamRejected()),
    ...shards.flatMap(({ metadata }) => JSON.parse(metadata.rejected!)),
  ];
  const list = await files.write(REJECTED, encodeJsonLines(rejected));
  return {
    files: [...shards.map(({ entry }) => entry), list],
    counts: {
      ...samples,
      rejected: rejected.length,
      classes: classNames.length,
    },
    tally: { reused },
  };
}
