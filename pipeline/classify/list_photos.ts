/**
 * The photos that a person names: files, folders, patterns and lists (an edge).
 *
 * @module
 */

import { parse } from "@std/csv";
import { dirname, globToRegExp, isGlob, join, resolve } from "@std/path";
import { FileStore } from "../artifact/file_store.ts";
import { isImageName } from "../dataset/folder_layout.ts";
import { DatasetError } from "../errors.ts";

/** Extensions of lists: a header or keys with `path`, or a path a line. */
const LIST = /\.(csv|jsonl|txt)$/i;

/** Lists the photos below a folder, by the code points of their paths. */
async function* walkFolder(
  folder: string,
  wanted: (path: string) => boolean,
): AsyncGenerator<string> {
  for await (const { path } of new FileStore(folder).walk("")) {
    if (wanted(path)) yield join(folder, path);
  }
}

/** Lists the files that match a pattern, below the folder that is no pattern. */
async function* matchPattern(pattern: string): AsyncGenerator<string> {
  let folder = dirname(pattern);
  while (isGlob(folder)) folder = dirname(folder);
  const matcher = globToRegExp(pattern, { globstar: true });
  const matches = (path: string) => matcher.test(join(folder, path));
  yield* walkFolder(folder, matches);
}

/** Returns the path that a row of a list names. */
function pathOf(row: unknown, list: string): string {
  const path = (row as { path?: unknown } | null)?.path;
  if (typeof path === "string" && path !== "") return path;
  throw new DatasetError(
    `Cannot classify the photos of "${list}" as every row must have a path: found ${
      JSON.stringify(row)?.slice(0, 80)
    }`,
  );
}

/** Reads a row of JSON Lines. */
function parseRow(line: string, list: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new DatasetError(
      `Cannot read "${list}" as JSON Lines: "${line.slice(0, 80)}"`,
      { cause },
    );
  }
}

/** Lists the paths of a list file; they are relative to its folder. */
async function* readList(list: string): AsyncGenerator<string> {
  const absolute = (path: string) => resolve(dirname(list), path);
  if (/\.csv$/i.test(list)) {
    const rows = parse(await Deno.readTextFile(list), { skipFirstRow: true });
    for (const row of rows) yield absolute(pathOf(row, list));
    return;
  }
  const isJson = /\.jsonl$/i.test(list);
  const { readable } = await Deno.open(list);
  for await (const line of readLines(readable)) {
    yield absolute(isJson ? pathOf(parseRow(line, list), list) : line);
  }
}

/**
 * Reads lines that are not empty, without holding all of them.
 *
 * @param stream UTF-8 bytes.
 * @returns The lines, without spaces at either end.
 */
export async function* readLines(
  stream: ReadableStream<Uint8Array>,
): AsyncGenerator<string> {
  let rest = "";
  const decoder = new TextDecoder();
  for await (const bytes of stream) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop()!;
    for (const line of lines) if (line.trim()) yield line.trim();
  }
  if (rest.trim()) yield rest.trim();
}

/**
 * Lists photos, one at a time, in the order in which they were named.
 *
 * A path that leads to nothing is listed too: whoever reads it says what is wrong.
 *
 * @param inputs Absolute paths of files, folders, patterns such as `/a/*.jpg`, and lists (`.csv`, `.jsonl`, or `.txt` with a path a line).
 * @returns Absolute paths.
 * @throws {DatasetError} If a list cannot be read, or a pattern or folder holds no photo.
 */
export async function* listPhotos(
  inputs: readonly string[],
): AsyncGenerator<string> {
  for (const input of inputs) {
    const info = await Deno.stat(input).catch(() => undefined);
    const isList = info?.isFile && LIST.test(input);
    if (info?.isFile && !isList || !info && !isGlob(input)) {
      yield input;
      continue;
    }
    let count = 0;
    const paths = isList
      ? readList(input)
      : info?.isDirectory
      ? walkFolder(input, isImageName)
      : matchPattern(input);
    for await (const path of paths) {
      count++;
      yield path;
    }
    if (count > 0) continue;
    throw new DatasetError(`Cannot classify "${input}" as it holds no photo`);
  }
}
