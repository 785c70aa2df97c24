/**
 * Damage as an attacker or a disk makes it, by seeded random numbers.
 *
 * @module
 */

/** Draws a number in `[0, limit)`. */
export type Draw = (limit: number) => number;

/** Numbers that sizes, counts and offsets go wrong at. */
const NUMBERS = [
  0n,
  1n,
  0x7fn,
  0xffn,
  0x7fffn,
  0xffffn,
  0x7fffffffn,
  0xffffffffn,
  2n ** 40n,
  2n ** 53n,
  2n ** 63n - 1n,
  2n ** 64n - 1n,
];

/** Texts that a parser of text goes wrong at. */
const TEXTS = [
  "",
  "\0",
  "\n",
  "\r",
  '"',
  "\\",
  ",",
  ";",
  "\t",
  "null",
  "[]",
  "{}",
  "-1",
  "1e999",
  "9007199254740993",
  "__proto__",
  "constructor",
  "toString",
  "../../../../etc/passwd",
  "/proc/self/mem",
  "\ufeff",
  "\u202e",
  "[".repeat(5000),
  '{"a":'.repeat(5000),
  "a".repeat(70_000),
].map((text) => new TextEncoder().encode(text));

/** Puts bytes in place of others. */
function splice(
  bytes: Uint8Array,
  at: number,
  options: { remove: number; insert: Uint8Array },
): Uint8Array {
  const { remove, insert } = options;
  const rest = bytes.subarray(Math.min(bytes.length, at + remove));
  const made = new Uint8Array(at + insert.length + rest.length);
  made.set(bytes.subarray(0, at));
  made.set(insert, at);
  made.set(rest, at + insert.length);
  return made;
}

/** Writes one of {@linkcode NUMBERS} with 1, 2, 4 or 8 bytes, either way round. */
function writeNumber(bytes: Uint8Array, at: number, draw: Draw): void {
  const width = 2 ** draw(4);
  const little = draw(2) === 0;
  const number = NUMBERS[draw(NUMBERS.length)]!;
  for (let i = 0; i < width && at + i < bytes.length; i++) {
    const place = little ? i : width - 1 - i;
    bytes[at + i] = Number(number >> BigInt(8 * place) & 0xffn);
  }
}

/** Damages bytes once, at a place. */
function damage(bytes: Uint8Array, at: number, draw: Draw): Uint8Array {
  const length = 1 + draw(Math.min(bytes.length, 64));
  switch (draw(9)) {
    case 0:
      return bytes.slice(0, at);
    case 1:
      return splice(bytes, at, { remove: length, insert: new Uint8Array() });
    case 2: {
      const from = draw(bytes.length);
      const insert = bytes.slice(from, from + length);
      return splice(bytes, at, { remove: draw(2) * length, insert });
    }
    case 3: {
      const insert = TEXTS[draw(TEXTS.length)]!;
      return splice(bytes, at, { remove: draw(2) * length, insert });
    }
    case 4:
    case 5:
      writeNumber(bytes, at, draw);
      return bytes;
    case 6:
      bytes[at] = draw(256);
      return bytes;
    default:
      bytes[at]! ^= 1 << draw(8);
      return bytes;
  }
}

/**
 * Damages a file.
 *
 * @param whole The file; it stays as it is.
 * @param draw Draws numbers; the same ones make the same damage.
 * @returns A damaged copy.
 */
export function mutate(whole: Uint8Array, draw: Draw): Uint8Array {
  let bytes = whole.slice();
  for (let edits = draw(4); edits >= 0 && bytes.length > 0; edits--) {
    // Half of all strikes near the start, where most claims are.
    const reach = draw(2) === 0 ? bytes.length : Math.min(bytes.length, 128);
    bytes = damage(bytes, draw(reach), draw) as Uint8Array<ArrayBuffer>;
  }
  return bytes;
}
