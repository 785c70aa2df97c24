/** Printing, at once. */

/** Prints text on standard error, at once; work does not end because nobody can read how far it is. */
export function writeError(text: string): void {
  try {
    Deno.stderr.writeSync(new TextEncoder().encode(text));
  } catch {
    // Closed, or a file on a full disk.
  }
}

/** Prints a line on standard output, at once. */
export function writeOutput(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}
