/** Reading part of an open file at once (an edge). */

/**
 * Fills an array with the bytes of a file from a position on.
 *
 * @returns How many there were, fewer where the file ends before.
 */
export function readFileSync(
  file: Deno.FsFile,
  target: Uint8Array,
  start: number,
): number {
  file.seekSync(start, Deno.SeekMode.Start);
  let filled = 0;
  while (filled < target.length) {
    const count = file.readSync(target.subarray(filled));
    if (count === null) break;
    filled += count;
  }
  return filled;
}
