/**
 * Decoders that print, kept quiet: what they print would end up among the lines of
 * the program.
 *
 * @module
 */

// deno-lint-ignore-file no-console -- to keep others from using it

/**
 * Runs a decoder with `console.log` turned off.
 *
 * @param decode Decodes at once; nothing else runs meanwhile.
 * @returns What it returns.
 */
export function quietly<T>(decode: () => T): T {
  const { log } = console;
  console.log = () => {};
  try {
    return decode();
  } finally {
    console.log = log;
  }
}
