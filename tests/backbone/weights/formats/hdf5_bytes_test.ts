import { assertEquals, assertLess, assertThrows } from "@std/assert";
import {
  Hdf5Bytes,
  MAX_EXPANSION,
  MAX_STEPS,
  MIN_COPY_BYTES,
} from "../../../../pipeline/backbone/weights/formats/hdf5_bytes.ts";
import { decodeKerasH5 } from "../../../../pipeline/backbone/weights/formats/keras_h5.ts";
import { FormatError } from "../../../../pipeline/errors.ts";
import { readFixture } from "../../../support/fixtures.ts";

/** A file whose superblock stands at byte 4. */
function file(bytes: number[]): Hdf5Bytes {
  const whole = Uint8Array.of(0, 0, 0, 0, ...bytes);
  return new Hdf5Bytes(whole, { base: 4, path: "a.h5" });
}

/** What every message starts with. */
const START = 'Cannot read "a.h5" as Keras weights as';

Deno.test("Hdf5Bytes refuses to read past the end", () => {
  const error = assertThrows(() => file([1, 2]).u32(0), FormatError);
  assertEquals(
    error.message,
    `${START} all its parts must lie inside its 6 bytes: 4 bytes at 4 do not, so it is cut short or damaged`,
  );
  assertEquals(error.byteOffset, 4);
  assertThrows(() => file([1, 2]).view(2 ** 52, 2 ** 52), FormatError);
});

Deno.test("Hdf5Bytes refuses sizes that numbers do not hold", () => {
  const bytes = [0, 0, 0, 0, 0, 0, 0x20, 0];
  assertThrows(
    () => file(bytes).size(0),
    FormatError,
    `${START} its sizes must be below 2^53: one is ${2n ** 53n}`,
  );
  assertEquals(file(Array(8).fill(255)).address(0), undefined);
});

Deno.test("Hdf5Bytes refuses names that are too long, or no UTF-8", () => {
  assertThrows(
    () => file([]).text(0, 1025),
    FormatError,
    `${START} a name must have at most 1024 bytes: one has 1025`,
  );
  assertThrows(
    () => file([0xff]).text(0, 1),
    FormatError,
    `${START} its names must be in UTF-8: one is not`,
  );
});

Deno.test("Hdf5Bytes ends work and memory when they are used up", () => {
  const small = file([1]);
  small.step(MAX_STEPS, 0);
  assertThrows(
    () => small.step(1, 0),
    FormatError,
    `${START} a file must have at most 200000 messages, links, names and chunks: it has more, or leads in circles`,
  );
  assertThrows(() => file([1]).step(NaN, 0), FormatError);
  small.payCopy(MIN_COPY_BYTES + MAX_EXPANSION, 0);
  assertThrows(
    () => small.payCopy(1, 0),
    FormatError,
    `${START} its weights must take at most 64 times the bytes of the file: 1 more are claimed`,
  );
});

/** Positions of an ASCII text. */
function indicesOf(bytes: Uint8Array, text: string): number[] {
  const latin1 = new TextDecoder("latin1").decode(bytes);
  return [...latin1.matchAll(new RegExp(text, "g"))].map((m) => m.index);
}

Deno.test("decodeKerasH5() throws soon if a file leads in circles or claims too much", async () => {
  const bytes = await readFixture("weights/keras_top.h5");
  const change = (edit: (view: DataView) => void) => {
    const copy = bytes.slice();
    edit(new DataView(copy.buffer));
    const start = performance.now();
    const error = assertThrows(() => decodeKerasH5(copy, "a.h5"), FormatError);
    assertLess(performance.now() - start, 1000);
    return error.message;
  };
  const [tree] = indicesOf(bytes, "TREE");
  assertEquals(
    change((view) => {
      view.setUint8(tree! + 5, 1);
      view.setBigUint64(tree! + 32, BigInt(tree!), true);
    }),
    `${START} a B-tree must not lead in circles`,
  );
  const shape = indicesOf(bytes, "layer_names")[0]! + 16 + 8;
  assertEquals(
    change((view) => view.setBigUint64(shape + 8, 1n << 31n, true)),
    `${START} a file must have at most 200000 messages, links, names and chunks: it has more, or leads in circles`,
  );
});

Deno.test("decodeKerasH5() throws if the file is cut short", async () => {
  const bytes = await readFixture("weights/keras_top.h5");
  for (let length = 0; length < bytes.length; length += 97) {
    const cut = bytes.subarray(0, length);
    assertThrows(() => decodeKerasH5(cut, "a.h5"), FormatError);
  }
  const { length } = bytes;
  assertThrows(
    () => decodeKerasH5(bytes.subarray(0, length - 1), "a.h5"),
    FormatError,
    `${START} it must have ${length} bytes from its superblock on: it has ${
      length - 1
    }, so it is cut short or damaged`,
  );
});
