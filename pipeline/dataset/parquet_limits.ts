/**
 * Limits of Parquet, before `hyparquet` reads a column: it believes how many values a
 * page has, and how often a run repeats one.
 *
 * Source: https://parquet.apache.org/docs/file-format/data-pages/encodings/.
 */

import type { ColumnMetaData } from "hyparquet";
import { parquetHeader } from "hyparquet/src/column.js";
import { decompressPage } from "hyparquet/src/datapage.js";

/** Values that any dictionary may have, though the rows be fewer. */
const FEW_VALUES = 2 ** 20;

/** Most bytes that the pages of a column unpack to, in one group of rows. */
const MOST_BYTES = 2 ** 29;

/** Encodings whose values are numbers of a dictionary, in runs. */
const IN_RUNS = ["RLE_DICTIONARY", "PLAIN_DICTIONARY"];

/** What a page is, as the library reads it. */
type PageHeader = ReturnType<typeof parquetHeader>;

/** Walks runs of repeated values and of packed ones; throws if they are more than there may be. */
function limitRuns(
  bytes: Uint8Array,
  { width, most }: { width: number; most: number },
): void {
  if (width > 32) throw new Error("the numbers of a page are too wide");
  let at = 0;
  let seen = 0;
  while (seen < most && at < bytes.length) {
    let header = 0;
    for (let shift = 0;; shift += 7) {
      const byte = bytes[at++] ?? 0;
      header += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    const isPacked = header % 2 === 1;
    const count = Math.floor(header / 2);
    at += isPacked ? count * width : Math.ceil(width / 8);
    seen += isPacked ? count * 8 : count;
    // What is packed may fill up its last eight.
    if (seen >= most + (isPacked ? 8 : 1)) {
      throw new Error("a run of a page has more values than the page");
    }
  }
}

/** Walks the runs of a page of data. */
function limitData(
  header: PageHeader,
  packed: Uint8Array,
  column: ColumnMetaData & { isOptional: boolean },
): void {
  const { codec, isOptional } = column;
  const { uncompressed_page_size: size, data_page_header_v2: second } = header;
  const { num_values: most, encoding } = second ?? header.data_page_header!;
  if (encoding !== "PLAIN" && !IN_RUNS.includes(encoding!)) {
    throw new Error(`its encoding ${encoding} is not supported`);
  }
  let levels: Uint8Array;
  let values: Uint8Array;
  if (second) {
    const repetition = second.repetition_levels_byte_length;
    const end = repetition + second.definition_levels_byte_length;
    if (!(repetition >= 0 && end >= repetition && end <= packed.length)) {
      throw new Error("the levels of a page are longer than the page");
    }
    if (!(second.num_nulls >= 0 && second.num_nulls <= most)) {
      throw new Error("a page has more empty values than values");
    }
    levels = packed.subarray(repetition, end);
    const rest = packed.subarray(end);
    const unpack = second.is_compressed !== false && size > end;
    values = unpack ? decompressPage(rest, size - end, codec, undefined) : rest;
  } else {
    values = decompressPage(packed, size, codec, undefined);
    const view = new DataView(values.buffer, values.byteOffset, values.length);
    const end = isOptional ? 4 + view.getUint32(0, true) : 0;
    levels = values.subarray(4, end);
    values = values.subarray(end);
  }
  if (isOptional) limitRuns(levels, { width: 1, most });
  if (!IN_RUNS.includes(encoding!)) return;
  limitRuns(values.subarray(1), { width: values[0] ?? 0, most });
}

/**
 * Refuses a column whose pages claim more values than there are rows, or unpack to
 * too many bytes.
 *
 * @param column The column in a group of rows, of plain values; whether it may be empty.
 * @throws {Error} If it claims too much.
 */
export function limitPages(
  file: ArrayBuffer,
  column: ColumnMetaData & { isOptional: boolean },
  rows: number,
): void {
  const { dictionary_page_offset, data_page_offset } = column;
  const start = Number(dictionary_page_offset || data_page_offset);
  const length = Number(column.total_compressed_size);
  const reader = { view: new DataView(file, start, length), offset: 0 };
  let [bytes, values] = [0, 0];
  while (reader.offset < length - 1) {
    const header = parquetHeader(reader);
    const { compressed_page_size: packed, uncompressed_page_size: size } =
      header;
    const data = header.data_page_header_v2 ?? header.data_page_header;
    const inDictionary = header.dictionary_page_header?.num_values ?? 0;
    const claims = [packed, size, data?.num_values ?? 0, inDictionary];
    if (!claims.every((n) => Number.isInteger(n) && n >= 0)) {
      throw new Error("a page has no size");
    }
    bytes += size;
    values += data?.num_values ?? 0;
    if (values > rows || inDictionary > Math.max(rows, FEW_VALUES)) {
      throw new Error(`a page claims more values than the ${rows} rows have`);
    }
    if (bytes > MOST_BYTES) {
      throw new Error(`a column unpacks to more than ${MOST_BYTES} bytes`);
    }
    const part = new Uint8Array(file, start + reader.offset, packed);
    if (data) limitData(header, part, column);
    reader.offset += packed;
  }
}
