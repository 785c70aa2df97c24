/**
 * Making PyTorch files by hand.
 *
 * @module
 */

import { assertEquals, assertThrows } from "@std/assert";
import { zipSync } from "fflate";
import { decodePytorch } from "../../../pipeline/weights/formats/pytorch.ts";
import { FormatError } from "../../../pipeline/errors.ts";

/** Bytes of texts, of which each character is a byte, of numbers, and of bytes. */
export function pack(...parts: (string | number | Uint8Array)[]): Uint8Array {
  return Uint8Array.from(
    parts.flatMap((part) =>
      typeof part === "string"
        ? Array.from(part, (c) => c.charCodeAt(0))
        : typeof part === "number"
        ? [part]
        : [...part]
    ),
  );
}

/** An unsigned integer, little endian. */
export function little(value: number, bytes: 4 | 8): Uint8Array {
  const out = new Uint8Array(8);
  new DataView(out.buffer).setBigUint64(0, BigInt(value), true);
  return out.subarray(0, bytes);
}

/** Opcodes of a text. */
export function text(value: string): Uint8Array {
  return pack("X", little(value.length, 4), value);
}

/** Opcodes of an integer. */
export function integer(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigInt64(0, BigInt(value), true);
  return pack("\x8a", 8, bytes);
}

/** Opcodes of a tuple. */
export function tuple(...items: Uint8Array[]): Uint8Array {
  return pack("(", ...items, "t");
}

/** Opcodes of a storage. */
export function storage(
  { type = "FloatStorage", key = "0", size = 6, view = pack() } = {},
): Uint8Array {
  const id = [
    text("storage"),
    pack(`ctorch\n${type}\n`),
    text(key),
    text("cpu"),
  ];
  return pack(tuple(...id, integer(size), view), "Q");
}

/** Opcodes of a tensor of a storage. */
export function tensor(
  {
    of = storage(),
    offset = 0,
    shape = [2, 3],
    strides = [3, 1],
    rest = [] as Uint8Array[],
  } = {},
): Uint8Array {
  const sizes = tuple(...shape.map(integer));
  const steps = tuple(...strides.map(integer));
  return pack(
    "ctorch._utils\n_rebuild_tensor_v2\n",
    tuple(of, integer(offset), sizes, steps, ...rest),
    "R",
  );
}

/** A pickle of a mapping with one key. */
export function mapping(value: Uint8Array, key = text("w")): Uint8Array {
  return pack("\x80\x02}", key, value, "s.");
}

/** Six floats. */
export const FLOATS = new Uint8Array(
  Float32Array.of(0, 1, 2, 3, 4, 5).buffer,
);

/** A zip file around a pickle; entries are stored, or deflated at level 9. */
export function zipped(
  pickle: Uint8Array,
  entries: Record<string, Uint8Array> = { "data/0": FLOATS },
  level: 0 | 9 = 0,
): Uint8Array {
  const all = Object.entries({ "data.pkl": pickle, ...entries });
  return zipSync(
    Object.fromEntries(all.map(([name, data]) => [`a/${name}`, data])),
    { level },
  );
}

/** The magic number. */
export const MAGIC = pack(
  "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.",
);

/** A file of the old layout, of which parts can be replaced. */
export function legacy(
  {
    version = pack("\x80\x02M\xe9\x03."),
    system = pack("\x80\x02}", text("little_endian"), "\x88s."),
    value = mapping(tensor()),
    keys = pack("\x80\x02](", text("0"), "e."),
    data = pack(little(6, 8), FLOATS),
  } = {},
): Uint8Array {
  return pack(MAGIC, version, system, value, keys, data);
}

/** Asserts that a file is refused. */
export function assertRefused(bytes: Uint8Array, what: string): void {
  const error = assertThrows(() => decodePytorch(bytes, "x.pth"), FormatError);
  assertEquals(
    error.message,
    `Cannot read "x.pth" as PyTorch weights as ${what}`,
  );
  assertEquals(error.path, "x.pth");
}
