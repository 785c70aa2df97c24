/**
 * Names of shard files: `<split>-<index>-of-<count>.safetensors`, from 00000.
 */

/** Most shards of one split: what five digits hold. */
export const MAX_SHARDS = 100_000;

/** A shard: which rows of its split it holds, and under which name. */
interface ShardPlan {
  path: string;
  /** First row of the split, from 0. */
  start: number;
  /** Row after the last. */
  end: number;
}

/**
 * Cuts the rows of a split into shards, in order.
 *
 * The cut depends on the two numbers alone, so every task and machine makes the same
 * shards.
 *
 * @example Usage
 * ```ts
 * planShards("train", { rows: 5, shardSize: 4 })[1]?.path; // "train-00001-of-00002.safetensors"
 * ```
 *
 * @param options Rows in the split, and most rows a shard.
 * @returns One plan a shard; none when there are no rows.
 * @throws {RangeError} If `shardSize` is not a positive integer, or there would be more than {@linkcode MAX_SHARDS} shards.
 */
export function planShards(
  split: string,
  options: { rows: number; shardSize: number },
): ShardPlan[] {
  const { rows, shardSize } = options;
  if (!Number.isInteger(shardSize) || shardSize < 1) {
    throw new RangeError(
      `Cannot plan shards as shardSize must be a positive integer: current value is ${shardSize}`,
    );
  }
  const count = Math.ceil(rows / shardSize);
  if (count > MAX_SHARDS) {
    throw new RangeError(
      `Cannot plan shards as there must be at most ${MAX_SHARDS}: ${rows} rows in shards of ${shardSize} make ${count}`,
    );
  }
  const digits = (n: number) => String(n).padStart(5, "0");
  return Array.from({ length: count }, (_, i) => ({
    path: `${split}-${digits(i)}-of-${digits(count)}.safetensors`,
    start: i * shardSize,
    end: Math.min((i + 1) * shardSize, rows),
  }));
}
