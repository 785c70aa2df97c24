/**
 * Decoders that print, kept quiet: what they print would end up among the lines of
 * the program.
 *
 * @module
 */

// deno-lint-ignore-file no-console -- to keep others from using it

/** What decoders print with; libheif says with `error` what it finds wrong. */
const METHODS = ["log", "warn", "error"] as const;

/**
 * Runs a decoder, or loads one, with the console turned off.
 *
 * A library may keep what it prints with when it loads.
 *
 * @param work Returns at once, or a promise; nothing else runs meanwhile.
 * @returns What it returns.
 */
export function quietly<T>(work: () => T): T {
  const kept = { ...console };
  for (const method of METHODS) console[method] = () => {};
  const restore = () => {
    for (const method of METHODS) console[method] = kept[method];
  };
  let result: T;
  try {
    result = work();
  } catch (error) {
    restore();
    throw error;
  }
  if (result instanceof Promise) return result.finally(restore) as T;
  restore();
  return result;
}
