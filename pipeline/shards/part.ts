/**
 * Parts: the share of the shards that one of several machines makes.
 *
 * Part `i` of `n` makes the shards whose position in the plan is `i` modulo `n`. Dealt
 * out in turn, the shards of each split spread over all parts: those of `train` take
 * twice as long to embed as others, and slices would give them to some parts alone.
 * The plan is the same for every `n`, so parts of another `n` fill what others left.
 */

import { ConfigError } from "../errors.ts";

/** One of several parts of the same work. */
export interface Part {
  /** Its number, from 0. */
  readonly index: number;
  /** Number of parts in all. */
  readonly count: number;
}

/** Most parts: more than any scheduler's array has. */
const MAX_PARTS = 1_000_000;

/** A number without a sign or a leading zero. */
const NUMBER = /^(0|[1-9]\d{0,8})$/;

/** Returns a part, unless there is none of this number. */
function makePart(index: number, count: number): Part | undefined {
  const isOne = Number.isInteger(index) && index >= 0 && index < count &&
    count <= MAX_PARTS;
  return isOne ? { index, count } : undefined;
}

/**
 * Reads a part as a person gives it.
 *
 * @example Usage
 * ```ts
 * parsePart("0/3"); // { index: 0, count: 3 }
 * ```
 *
 * @param text Number of the part, from 0, a slash, and the number of parts.
 * @throws {ConfigError} If it is no part.
 */
export function parsePart(text: string): Part {
  const [index = "", count = "", ...more] = text.split("/");
  const isPart = [index, count].every((n) => NUMBER.test(n)) && !more.length;
  const part = isPart ? makePart(Number(index), Number(count)) : undefined;
  if (part) return part;
  throw new ConfigError(
    `Cannot use part "${text}" as it must be i/n, from 0/n to n-1/n, with at most ${MAX_PARTS} parts`,
    "part",
  );
}

/** Spells a part as {@linkcode parsePart} reads it. */
export function formatPart({ index, count }: Part): string {
  return `${index}/${count}`;
}

/** Whether what stands at a position of the plan belongs to a part. */
export function isOfPart({ index, count }: Part, position: number): boolean {
  return position % count === index;
}

/** The variables in which a scheduler says which task of an array this is. */
interface Scheduler {
  index: string;
  count: string;
  /** The index of the first task. @default 0 */
  first?: string;
  /** The difference of two indexes. @default 1 */
  step?: string;
}

/** What is known of schedulers. Kubernetes sets no count: the manifest of the job must. */
const SCHEDULERS: readonly Scheduler[] = [
  {
    // https://slurm.schedmd.com/job_array.html
    index: "SLURM_ARRAY_TASK_ID",
    count: "SLURM_ARRAY_TASK_COUNT",
    first: "SLURM_ARRAY_TASK_MIN",
    step: "SLURM_ARRAY_TASK_STEP",
  },
  // https://docs.aws.amazon.com/batch/latest/userguide/job_env_vars.html
  { index: "AWS_BATCH_JOB_ARRAY_INDEX", count: "AWS_BATCH_JOB_ARRAY_SIZE" },
  // https://kubernetes.io/docs/concepts/workloads/controllers/job/
  { index: "JOB_COMPLETION_INDEX", count: "JOB_COMPLETIONS" },
];

/** The variables that {@linkcode findPart} reads. */
export const PART_VARIABLES: readonly string[] = SCHEDULERS.flatMap(
  ({ index, count, first, step }) =>
    [index, count, first, step].filter((name) => name !== undefined),
);

/**
 * Finds the part that a scheduler gave this task.
 *
 * @param env Returns the value of a variable of the environment.
 * @returns The part, and the variable that names it; `undefined` outside of an array.
 * @throws {ConfigError} If the variables name no part.
 */
export function findPart(
  env: (name: string) => string | undefined,
): { part: Part; by: string } | undefined {
  const scheduler = SCHEDULERS.find(({ index }) => env(index));
  if (scheduler === undefined) return undefined;
  const { index: by, count, first, step } = scheduler;
  const read = (name: string | undefined, otherwise: number) => {
    const text = name && env(name) || `${otherwise}`;
    return NUMBER.test(text) ? Number(text) : NaN;
  };
  const index = (read(by, NaN) - read(first, 0)) / read(step, 1);
  const part = makePart(index, read(count, NaN));
  if (part) return { part, by };
  const found = [by, first, step, count].flatMap((name) =>
    name ? [`${name}=${env(name) ?? ""}`] : []
  );
  throw new ConfigError(
    `Cannot take the part from ${by} as it must be one of ${count} tasks in even steps: found ${
      found.join(" ")
    }; give --part i/n, or --part all for the whole`,
    "part",
  );
}

/** What a task does for a stage that several tasks make together. */
export type Share =
  | {
    readonly kind: "part";
    readonly part: Part;
    /** Called when every shard of the part is there. */
    readonly filled: (counts: { shards: number; made: number }) => void;
  }
  | {
    readonly kind: "seal";
    /** Number of parts that were at work, if that is known. */
    readonly count: number | undefined;
  };
