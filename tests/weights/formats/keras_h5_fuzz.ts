/**
 * Damaging Keras files, in a process whose memory nothing else uses.
 *
 * @module
 */

import { assert, assertInstanceOf, assertLess } from "@std/assert";
import { decodeKerasH5 } from "../../../pipeline/weights/formats/keras_h5.ts";
import { FormatError } from "../../../pipeline/errors.ts";
import { readFixture } from "../../support/fixtures.ts";
import { integers } from "../../support/random.ts";

/** Damaged copies of each file; each starts a worker, in a tenth of a second. */
export const MUTATIONS = 12;

/** Longest a file may take, in milliseconds: a deadline of one second, and the start of a worker on a busy machine. */
const MAX_MS = 10_000;

/** Sizes and addresses that are likely to hurt. */
const WORDS = [
  0n,
  1n,
  0xffn,
  0xffffn,
  1n << 16n,
  1n << 31n,
  1n << 32n,
  1n << 40n,
  (1n << 53n) - 1n,
  (1n << 63n) - 1n,
  (1n << 64n) - 1n,
];

/** Positions that are not in the middle of nothing: metadata, by all but a few. */
function metadata(bytes: Uint8Array): number[] {
  const positions: number[] = [];
  for (let at = 0; at < bytes.length; at += 8) {
    if (bytes.subarray(at, at + 8).some((byte) => byte !== 0)) {
      positions.push(at);
    }
  }
  return positions;
}

/** Returns a damaged copy. */
function damage(
  bytes: Uint8Array<ArrayBuffer>,
  positions: readonly number[],
  next: (limit: number) => number,
): Uint8Array {
  const copy = bytes.slice();
  const view = new DataView(copy.buffer);
  const position = () => positions[next(positions.length)]!;
  for (let edits = 1 + next(3); edits > 0; edits--) {
    const at = position();
    switch (next(6)) {
      case 0:
        return copy.slice(0, next(copy.length));
      case 1:
        view.setBigUint64(at, WORDS[next(WORDS.length)]!, true);
        break;
      case 2:
        view.setBigUint64(at, view.getBigUint64(position(), true), true);
        break;
      case 3:
        view.setUint16(at + 2 * next(4), next(2 ** 16), true);
        break;
      case 4:
        copy[at + next(8)] = next(256);
        break;
      default:
        copy[at + next(8)]! ^= 1 << next(8);
    }
  }
  return copy;
}

/** What became of the damaged copies of a file. */
export interface Fuzzed {
  /** Copies that were refused. */
  refused: number;
  /** Bytes by which the memory of the process grew, from the first copy to the last. */
  growthBytes: number;
}

/**
 * Decodes damaged copies of a file.
 *
 * @throws What the decoder throws, if it is no refusal; and if a copy takes long.
 */
export async function fuzzKerasH5(file: string, seed: number): Promise<Fuzzed> {
  const bytes = new Uint8Array(await readFixture(`weights/${file}`));
  const positions = metadata(bytes).filter((at) => at + 8 <= bytes.length);
  const next = integers(seed);
  let refused = 0;
  let before = 0;
  for (let i = 0; i < MUTATIONS; i++) {
    const damaged = damage(bytes, positions, next);
    const start = performance.now();
    try {
      await decodeKerasH5(damaged, file);
    } catch (error) {
      assertInstanceOf(error, FormatError, `mutation ${i}: ${error}`);
      const { message } = error as FormatError;
      assert(message.startsWith(`Cannot read "${file}" as Keras weights as `));
      refused++;
    }
    assertLess(performance.now() - start, MAX_MS, `mutation ${i}`);
    // The first copy loads what all of them use.
    if (i === 0) before = Deno.memoryUsage().rss;
  }
  return { refused, growthBytes: Deno.memoryUsage().rss - before };
}
