/**
 * Damage at random: each damaged file is read, or refused with the error that is documented.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { FormatError } from "../../../pipeline/errors.ts";
import { crc32c, maskCrc32c } from "../../../pipeline/artifact/crc32c.ts";
import {
  countShards,
  decodeTensorBundle,
} from "../../../pipeline/weights/formats/tf_bundle.ts";
import {
  isTensorBundleIndex,
  isTfV1,
} from "../../../pipeline/weights/formats/tf_bundle_or_v1.ts";
import { readTable } from "../../../pipeline/weights/formats/sstable.ts";
import { decodeTfV1 } from "../../../pipeline/weights/formats/tf_v1.ts";
import { readFixture } from "../../support/fixtures.ts";
import { uniform } from "../../support/random.ts";
import {
  BUNDLE_HEADER,
  bundleEntry,
  encodeTable,
  shapeOf,
  text,
} from "./sstable_support.ts";

/** Damaged files in all, over the formats and kinds of damage. */
const MUTATIONS = 6000;

/** Longest that one may take, in milliseconds. */
const LIMIT_MS = 1000;

/** Bytes that break numbers: their ends, and the ends of their halves. */
const SHARP = [0, 1, 0x7f, 0x80, 0xff];

const SHARD = Uint8Array.from({ length: 64 }, (_, i) => i);

/** A bundle of four tensors, and what is left out. */
const BUNDLE = [
  [text(""), BUNDLE_HEADER] as const,
  [text("_GRAPH"), bundleEntry({ dtype: 7 })] as const,
  ...["a", "block/conv1/kernel", "block/conv2/kernel", "c"].map((name, i) => {
    const part = SHARD.subarray(16 * i, 16 * i + 16);
    const crc = maskCrc32c(crc32c(part));
    const claims = { shape: shapeOf(2, 2), offset: 16 * i, crc };
    return [text(name), bundleEntry(claims)] as const;
  }),
];

/** Changes, cuts or doubles some of the bytes. */
function damage(bytes: Uint8Array, next: () => number): Uint8Array {
  let damaged = Array.from(bytes);
  const pick = (count: number) => Math.floor(next() * count);
  for (let n = 1 + pick(3); n > 0; n--) {
    const at = pick(damaged.length);
    const kind = pick(10);
    if (kind < 4) damaged[at] = pick(256);
    else if (kind < 7) damaged[at] = SHARP[pick(SHARP.length)]!;
    else if (kind === 7) damaged.splice(at, 1 + pick(4));
    else if (kind === 8) {
      damaged.splice(at, 0, ...damaged.slice(at, at + pick(9)));
    } else damaged = damaged.slice(0, at + 1);
  }
  return Uint8Array.from(damaged);
}

/** Reads a file in every way. */
function readAll(bytes: Uint8Array, path: string): void {
  isTensorBundleIndex(bytes);
  isTfV1(bytes);
  for (
    const read of [
      () => countShards(bytes, path),
      () => decodeTensorBundle(bytes, [SHARD], path),
      () => decodeTfV1(bytes, path),
    ]
  ) {
    try {
      read();
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      const prefix = `Cannot read "${path}" as a TensorFlow checkpoint as `;
      assert(error.message.startsWith(prefix), error.message);
      assert(error.message.length < 2000, error.message);
    }
  }
}

Deno.test("damaged checkpoints are read or refused, each within a second", async () => {
  const v1 = [...readTable(await readFixture("weights/tf_v1.ckpt"), "x")];
  const random = uniform(11);
  const next = () => random.next().value;
  const files = [
    { entries: BUNDLE, isSnappy: false },
    { entries: BUNDLE, isSnappy: true },
    { entries: v1, isSnappy: false },
  ];
  let slowestMs = 0;
  for (let i = 0; i < MUTATIONS; i++) {
    const { entries, isSnappy } = files[i % files.length]!;
    const kind = Math.floor(i / files.length) % 3;
    const target = Math.floor(next() * entries.length);
    // Damage to the file itself, to a block, or to a value: with checksums that
    // hold for the last two, lest all damage ends there.
    const bytes = kind === 0
      ? damage(encodeTable(entries, { isSnappy }), next)
      : kind === 1
      ? encodeTable(entries, {
        isSnappy,
        blockEntries: 3,
        changeBlock: (block, j) =>
          j === target % Math.ceil(entries.length / 3 + 1)
            ? damage(block, next)
            : block,
      })
      : encodeTable(
        entries.map(([key, value], j) =>
          [key, j === target ? damage(value, next) : value] as const
        ),
        { isSnappy },
      );
    let tookMs = Infinity;
    // A busy machine may stop any of them; hardly one and the same three times.
    for (let time = 0; time < 3 && tookMs >= LIMIT_MS; time++) {
      const started = performance.now();
      readAll(bytes, `${i}`);
      tookMs = performance.now() - started;
    }
    slowestMs = Math.max(slowestMs, tookMs);
  }
  assert(slowestMs < LIMIT_MS, `${slowestMs} ms`);
  assertEquals(decodeTensorBundle(encodeTable(BUNDLE), [SHARD], "x").size, 4);
});
