/** Printing, at once. */

/** Prints text on standard error, at once; work does not end because nobody can read how far it is. */
export function writeError(text: string): void {
  try {
    Deno.stderr.writeSync(new TextEncoder().encode(text));
  } catch {
    // Closed, or a file on a full disk.
  }
}

/** Prints a line on standard output, at once, and all of it. */
export function writeOutput(text: string): void {
  const bytes = new TextEncoder().encode(`${text}\n`);
  try {
    for (let start = 0; start < bytes.length;) {
      start += Deno.stdout.writeSync(bytes.subarray(start));
    }
  } catch (cause) {
    if (cause instanceof Deno.errors.BrokenPipe) throw cause;
    throw new Error("Cannot write to standard output", { cause });
  }
}
