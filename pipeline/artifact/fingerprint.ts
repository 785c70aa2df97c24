/**
 * Fingerprints: a digest of the work, known before the work is done.
 *
 * It covers all that can change the bytes of a stage, and nothing else: not the engine,
 * the name of the run, or the time. Two runs that want the same work
 * find each other's artifacts under the same name.
 */

import { canonicalJson, type Json } from "./canonical_json.ts";
import { sha256 } from "./digest.ts";

/** Everything that decides the bytes of a stage. */
export interface Work {
  /** Name of the stage. */
  stage: string;
  /** Version of the stage's code and format. */
  version: number;
  /** The settings that matter to the stage. */
  config: { readonly [key: string]: Json };
  /** Fingerprints of the stages it reads, and digests of other files. */
  inputs: { readonly [key: string]: string };
}

/**
 * Returns the fingerprint of a piece of work.
 *
 * @returns 64 lower-case hex characters.
 */
export function fingerprint(work: Work): Promise<string> {
  const { stage, version, config, inputs } = work;
  const text = canonicalJson({ stage, version, config, inputs });
  return sha256(new TextEncoder().encode(text));
}

/**
 * Returns the directory of a stage's artifacts, relative to the work directory.
 *
 * 16 hex characters are 64 bits: a clash within a million artifacts has a
 * probability of 3e-8.
 *
 * @returns A path such as `artifacts/tensors-3f9c0b1d2e4a5f60`.
 */
export function stageDirectory(stage: string, fingerprint: string): string {
  return `artifacts/${stage}-${fingerprint.slice(0, 16)}`;
}

/** Lists the differences of two maps, a line a key. */
function differences(
  before: { readonly [key: string]: Json },
  after: { readonly [key: string]: Json },
  line: (key: string, from: string, to: string) => string,
): string[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const text = (value: Json | undefined) =>
    value === undefined ? "absent" : canonicalJson(value);
  return keys.sort()
    .filter((key) => text(before[key]) !== text(after[key]))
    .map((key) => line(key, text(before[key]), text(after[key])));
}

/**
 * Says what changed between two pieces of work of the same stage.
 *
 * @example Usage
 * ```ts
 * const work = { stage: "tensors", version: 1, inputs: {} } as const;
 * explainChange(
 *   { ...work, config: { imageSize: 96 } },
 *   { ...work, config: { imageSize: 224 } },
 * ); // ["imageSize was 96, is 224"]
 * ```
 *
 * @returns A line a difference; none when the fingerprints are equal.
 */
export function explainChange(before: Work, after: Work): string[] {
  const version = before.version === after.version
    ? []
    : [`stage version was ${before.version}, is ${after.version}`];
  return [
    ...version,
    ...differences(
      before.config,
      after.config,
      (key, from, to) => `${key} was ${from}, is ${to}`,
    ),
    ...differences(before.inputs, after.inputs, (key) => `${key} changed`),
  ];
}

/** How long a stage took, and when it was done. */
// A type and not an interface, so that it may be part of JSON.
export type StageTime = {
  /** Wall time of the task that completed it; work of earlier, interrupted tasks is not counted. */
  seconds: number;
  /** When it was complete: ISO 8601 in UTC. */
  finishedAt: string;
};

/** Times by name of the stage, of those that are known. */
export type StageTimes = Readonly<Record<string, StageTime>>;
