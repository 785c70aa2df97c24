/**
 * Cutting a stream of bytes into lines.
 *
 * @module
 */

/**
 * Yields the lines of a stream.
 *
 * @param stream Text in UTF-8.
 * @returns Its lines, without their ends; the last one also without an end.
 */
export async function* readLines(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
  if (rest !== "") yield rest;
}
