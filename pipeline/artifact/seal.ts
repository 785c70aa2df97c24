/**
 * Seals: a text of JSON that carries its own SHA-256, so that every byte that changes
 * is noticed.
 *
 * The seal is a line of its own, two spaces deep: `"seal": "<64 hex digits>",`. It is
 * the SHA-256 of the text with zeros in the place of the digits.
 */

import { sha256 } from "./digest.ts";
import { FormatError } from "../errors.ts";

/** Stands in for the seal while it is computed. */
const ZEROS = "0".repeat(64);

/** The seal in a text; in strings of JSON, lines do not end. */
const SEAL = /\n {2}"seal": "([0-9a-f]{64})",\n/;

export async function encodeSealedText(
  render: (seal: string) => string,
): Promise<Uint8Array> {
  const encode = (text: string) => new TextEncoder().encode(text);
  return encode(render(await sha256(encode(render(ZEROS)))));
}

/**
 * Checks the seal of a text.
 *
 * @throws {FormatError} If a byte is not what was written.
 */
export async function checkSeal(
  bytes: Uint8Array,
  path: string,
): Promise<boolean> {
  // One character a byte, so that positions are those of bytes.
  const found = SEAL.exec(new TextDecoder("latin1").decode(bytes));
  if (found === null) return false;
  const seal = found[1]!;
  const start = found.index + found[0].indexOf(seal);
  const actual = await sha256(
    bytes.subarray(0, start),
    new TextEncoder().encode(ZEROS),
    bytes.subarray(start + seal.length),
  );
  if (actual === seal) return true;
  throw new FormatError(
    `Cannot use "${path}" as its bytes have changed since they were written: its seal must be ${actual}, it is ${seal}`,
    { path },
  );
}
