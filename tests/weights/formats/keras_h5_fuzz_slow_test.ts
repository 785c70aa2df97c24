/**
 * Damaged Keras files: they decode or are refused, soon and in little memory.
 *
 * @module
 */

import { assert, assertInstanceOf, assertLess } from "@std/assert";
import { decodeKerasH5 } from "../../../pipeline/weights/formats/keras_h5.ts";
import { FormatError } from "../../../pipeline/errors.ts";
import { readFixture } from "../../support/fixtures.ts";
import { integers } from "../../support/random.ts";

/** Damaged copies of each file; each starts a worker, in a tenth of a second. */
const MUTATIONS = 12;

/** Longest a file may take, in milliseconds: a deadline of one second, and the start of a worker on a busy machine. */
const MAX_MS = 10_000;

/** Most memory that all files may take in the end, in bytes. */
const MAX_GROWTH_BYTES = 200e6;

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

Deno.test.each([
  ["keras_top.h5", 1],
  ["keras_model.h5", 2],
  ["keras_mixed.h5", 3],
  ["keras_latest.h5", 4],
])(
  "decodeKerasH5() decodes or throws FormatError if %s is damaged",
  async (file, seed) => {
    const bytes = new Uint8Array(await readFixture(`weights/${file}`));
    const positions = metadata(bytes).filter((at) => at + 8 <= bytes.length);
    const next = integers(seed);
    const before = Deno.memoryUsage().rss;
    let refused = 0;
    for (let i = 0; i < MUTATIONS; i++) {
      const damaged = damage(bytes, positions, next);
      const start = performance.now();
      try {
        await decodeKerasH5(damaged, file);
      } catch (error) {
        assertInstanceOf(error, FormatError, `mutation ${i}: ${error}`);
        const { message } = error as FormatError;
        assert(
          message.startsWith(`Cannot read "${file}" as Keras weights as `),
        );
        refused++;
      }
      assertLess(performance.now() - start, MAX_MS, `mutation ${i}`);
    }
    // Not always all: some damage is in numbers, and nobody can tell.
    assert(refused > MUTATIONS / 4, `${refused} refused`);
    assertLess(Deno.memoryUsage().rss - before, MAX_GROWTH_BYTES);
  },
);
