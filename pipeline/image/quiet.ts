/**
 * Decoders that print, kept quiet: what they print would end up among the lines of
 * the program.
 */

// deno-lint-ignore-file no-console -- to keep others from using it

/** What decoders print with; libheif says with `error` what it finds wrong. */
const METHODS = ["log", "warn", "error"] as const;

/** Decoders that run. */
let running = 0;

/** What the console was before the first of them. */
let kept = { ...console };

/** Turns the console on again when no other decoder runs. */
function restore(): void {
  if (--running > 0) return;
  for (const method of METHODS) console[method] = kept[method];
}

/**
 * Runs a decoder, or loads one, with the console turned off.
 *
 * A library may keep what it prints with when it loads.
 *
 * @param work Returns at once, or a promise; other decoders may run meanwhile.
 */
export function quietly<T>(work: () => T): T {
  if (running++ === 0) {
    kept = { ...console };
    for (const method of METHODS) console[method] = () => {};
  }
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
