/**
 * Damage at random: each damaged file is read, or refused with the error that is documented.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { unzipSync, zipSync } from "fflate";
import {
  decodePytorch,
  isPytorch,
} from "../../../pipeline/weights/formats/pytorch.ts";
import { FormatError } from "../../../pipeline/errors.ts";
import { readFixture } from "../../support/fixtures.ts";
import { uniform } from "../../support/random.ts";

/** Damaged files of each kind. */
const MUTATIONS = 2500;

/** Longest that one may take, in milliseconds. */
const LIMIT_MS = 1000;

/** Bytes that break numbers: their ends, and the ends of their halves. */
const SHARP = [0, 1, 0x7f, 0x80, 0xff];

/** Changes bits, bytes, lengths, or cuts or doubles some of the bytes. */
function damage(bytes: Uint8Array, next: () => number): Uint8Array {
  let damaged = Array.from(bytes);
  const pick = (count: number) => Math.floor(next() * count);
  for (let n = 1 + pick(3); n > 0; n--) {
    const at = pick(damaged.length);
    const kind = pick(11);
    if (kind < 3) damaged[at]! ^= 1 << pick(8);
    else if (kind < 5) damaged[at] = pick(256);
    else if (kind < 7) damaged[at] = SHARP[pick(SHARP.length)]!;
    else if (kind === 7) damaged.fill(0xff, at, at + 1 + pick(8));
    else if (kind === 8) damaged.splice(at, 1 + pick(4));
    else if (kind === 9) {
      damaged.splice(at, 0, ...damaged.slice(at, at + pick(9)));
    } else if (pick(3) === 0) damaged = damaged.slice(0, at + 1);
  }
  return Uint8Array.from(damaged);
}

/** Whether a file is read; all else but a refusal as documented fails. */
function isRead(bytes: Uint8Array): boolean {
  isPytorch(bytes);
  const started = performance.now();
  try {
    decodePytorch(bytes, "x.pth");
    return true;
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    assertEquals(error.path, "x.pth");
    const prefix = 'Cannot read "x.pth" as PyTorch weights as ';
    assert(error.message.startsWith(prefix), error.message);
    assert(error.message.length < 2000, error.message);
    return false;
  } finally {
    const durationMs = performance.now() - started;
    assert(durationMs < LIMIT_MS, `${durationMs} ms`);
  }
}

Deno.test.each(["zip", "legacy", "deflated"])(
  "decodePytorch() reads or refuses damaged files: %s",
  async (name) => {
    const bytes = await readFixture(`weights/pytorch_${name}.pth`);
    const random = uniform(11);
    let read = 0;
    for (let i = 0; i < MUTATIONS; i++) {
      if (isRead(damage(bytes, () => random.next().value))) read++;
    }
    assert(read > 0 && read < MUTATIONS, `${read}`);
  },
);

Deno.test("decodePytorch() reads or refuses damaged pickles in sound zip files", async () => {
  const entries = unzipSync(await readFixture("weights/pytorch_zip.pth"));
  const [name] = Object.keys(entries).filter((key) => key.endsWith(".pkl"));
  const random = uniform(12);
  let read = 0;
  for (let i = 0; i < MUTATIONS; i++) {
    const pickle = damage(entries[name!]!, () => random.next().value);
    const files = { [name!]: pickle, ...entries, [name!]: pickle };
    if (isRead(zipSync(files, { level: 0 }))) read++;
  }
  assert(read > 0 && read < MUTATIONS, `${read}`);
});
