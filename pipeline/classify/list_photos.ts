/**
 * The photos that a person names: files, folders, patterns and lists (an edge).
 */

import { CsvParseStream } from "@std/csv";
import { dirname, globToRegExp, isGlob, join, resolve } from "../path.ts";
import { FileStore, isIncomplete } from "../artifact/file_store.ts";
import { isImageName } from "../dataset/folder_layout.ts";
import { isHiddenName } from "../dataset/split_folders.ts";
import { USUAL_NAMES } from "../dataset/list_columns.ts";
import { streamJsonLines } from "../dataset/json_lines.ts";
import {
  csvOptions,
  findEncoding,
  toListRow,
  toSlashes,
} from "../dataset/list_rows.ts";
import { DatasetError, FormatError } from "../errors.ts";

/** Extensions of lists: a header or keys, or a path a line. */
const LIST = /\.(csv|tsv|jsonl|txt)$/i;

/** How photos are listed. */
export interface ListOptions {
  /** Column of a list that holds paths. @default `path` or `file_name` */
  pathColumn?: string | undefined;
  /** Called with why a folder cannot be listed; without it, the listing ends there. */
  onSkip?: ((error: Error) => void) | undefined;
  /** Absolute paths of folders that are passed over within those that are named. */
  except?: readonly string[];
}

/** Lists the photos below a folder, by the code points of their paths. */
async function* walkFolder(
  folder: string,
  wanted: (path: string) => boolean,
  { onSkip, except = [] }: ListOptions,
  isHidden = isIncomplete,
): AsyncGenerator<string> {
  const others = except.map((other) => join(other, "/"));
  const store = new FileStore(folder);
  for await (const { path } of store.walk("", { onSkip, isHidden })) {
    const photo = join(folder, path);
    const isOther = others.some((other) => photo.startsWith(other));
    if (wanted(path) && !isOther) yield photo;
  }
}

/** Lists the photos of a folder that `prepare` would take. */
function listFolder(folder: string, options: ListOptions) {
  const isHidden = (name: string) => isIncomplete(name) || isHiddenName(name);
  return walkFolder(folder, isImageName, options, isHidden);
}

/** Lists the files that match a pattern, below the folder that is no pattern. */
function matchPattern(pattern: string, options: ListOptions) {
  let folder = dirname(pattern);
  while (isGlob(folder)) folder = dirname(folder);
  const matcher = globToRegExp(pattern, { globstar: true });
  const matches = (path: string) => matcher.test(join(folder, path));
  return walkFolder(folder, matches, options);
}

/** Returns the path that a row of a list names, in the first column that has one. */
function pathOf(
  row: unknown,
  { list, columns }: { list: string; columns: readonly string[] },
): string {
  const values = row as Record<string, unknown> | null;
  const path = columns.map((name) => values?.[name]).find((value) =>
    value !== undefined && value !== null
  );
  if (typeof path === "string" && path !== "") return toSlashes(path);
  const names = columns.map((name) => `"${name}"`).join(" or ");
  throw new DatasetError(
    `Cannot classify the photos of "${list}" as every row must have a path in the column ${names}, or --path-column must name another: found ${
      JSON.stringify(row)?.slice(0, 80)
    }`,
  );
}

/** Opens a list, and finds the encoding of its text. */
async function openList(
  list: string,
): Promise<{ readable: ReadableStream<Uint8Array>; encoding: string }> {
  const file = await Deno.open(list);
  const mark = new Uint8Array(2);
  await file.read(mark);
  await file.seek(0, Deno.SeekMode.Start);
  return { readable: file.readable, encoding: findEncoding(mark) };
}

/** Reads the first line of a list that is not empty. */
async function readHeader(list: string): Promise<string> {
  const { readable, encoding } = await openList(list);
  for await (const header of readLines(readable, encoding)) return header;
  return "";
}

/** Reads the rows of a list, one at a time, as the list of a dataset is read. */
async function* readRows(list: string): AsyncGenerator<unknown> {
  if (/\.jsonl$/i.test(list)) {
    const { readable } = await Deno.open(list);
    return yield* streamJsonLines(readable, list);
  }
  const options = csvOptions(await readHeader(list));
  const { readable, encoding } = await openList(list);
  const decoder = new TextDecoderStream(encoding) as TransformStream;
  const text: ReadableStream<string> = readable.pipeThrough(decoder);
  const lines: ReadableStream<string[]> = text
    .pipeThrough(new CsvParseStream(options));
  let header: string[] | undefined;
  for await (const line of lines) {
    if (header) yield toListRow(header, line);
    else header = line;
  }
}

/** Lists the paths of a list file; they are relative to its folder. */
async function* readList(
  list: string,
  columns: readonly string[],
): AsyncGenerator<string> {
  const absolute = (path: string) => resolve(dirname(list), path);
  if (/\.txt$/i.test(list)) {
    const { readable, encoding } = await openList(list);
    for await (const line of readLines(readable, encoding)) {
      yield absolute(line);
    }
    return;
  }
  for await (const row of readRows(list)) {
    yield absolute(pathOf(row, { list, columns }));
  }
}

/** Says what is wrong with an input whose photos cannot be listed. */
function listingError(input: string, cause: unknown): unknown {
  // It names the list and the line.
  if (cause instanceof FormatError) {
    return new DatasetError(cause.message, { cause });
  }
  const reason = cause instanceof SyntaxError
    ? `it must be CSV with a header line: ${cause.message}`
    : cause instanceof Deno.errors.PermissionDenied
    ? "the listing ends at a file or folder that cannot be read"
    : undefined;
  const message = `Cannot classify all of "${input}" as ${reason}`;
  return reason ? new DatasetError(message, { cause }) : cause;
}

/**
 * Reads lines that are not empty, without holding all of them.
 *
 * @param stream Bytes of a text.
 * @param encoding Its encoding. @default UTF-8
 * @returns The lines, without spaces at either end.
 */
export async function* readLines(
  stream: ReadableStream<Uint8Array>,
  encoding = "utf-8",
): AsyncGenerator<string> {
  let rest = "";
  const decoder = new TextDecoder(encoding);
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
 * A path without a file is listed too: reading it gives the error.
 *
 * @param inputs Absolute paths of files, folders, patterns such as `/a/*.jpg`, and lists (`.csv`, `.tsv`, `.jsonl`, or `.txt` with a path a line).
 * @returns Absolute paths.
 * @throws {DatasetError} If a list cannot be read, or a pattern or folder holds no photo.
 */
export async function* listPhotos(
  inputs: readonly string[],
  options: ListOptions = {},
): AsyncGenerator<string> {
  const { pathColumn, onSkip } = options;
  const columns = pathColumn === undefined ? USUAL_NAMES.path : [pathColumn];
  for (const input of inputs) {
    const info = await Deno.stat(input).catch(() => undefined);
    const isList = info?.isFile && LIST.test(input);
    if (info?.isFile && !isList || !info && !isGlob(input)) {
      yield input;
      continue;
    }
    // Of one that was passed over, nobody knows what it holds.
    let mayBeEmpty = true;
    const skip = onSkip && ((error: Error) => {
      mayBeEmpty = false;
      onSkip(error);
    });
    const own = { ...options, onSkip: skip };
    const paths = isList
      ? readList(input, columns)
      : info?.isDirectory
      ? listFolder(input, own)
      : matchPattern(input, own);
    try {
      for await (const path of paths) {
        mayBeEmpty = false;
        yield path;
      }
    } catch (error) {
      throw listingError(input, error);
    }
    if (!mayBeEmpty) continue;
    throw new DatasetError(`Cannot classify "${input}" as it holds no photo`);
  }
}
