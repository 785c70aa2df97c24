/**
 * Which of TensorFlow's two checkpoint formats a file is in.
 *
 * Both are tables, with the same magic bytes: they differ in what is
 * under the empty key, the first one.
 */

import { FormatError } from "../../errors.ts";
import { decodeFields } from "./protobuf.ts";
import { isTable, readTable } from "./sstable.ts";
import { MAX_INDEX_BYTES } from "./tf_bundle.ts";

/**
 * Says which format it is. A damaged table counts as what its size suggests, so
 * that reading it says what the damage is.
 */
function sniff(bytes: Uint8Array): "index" | "v1" | undefined {
  if (!isTable(bytes)) return undefined;
  try {
    const [key, value] = readTable(bytes, "").next().value ?? [];
    if (key?.length !== 0 || value === undefined) return undefined;
    for (const { number, wire } of decodeFields(value, "")) {
      // `BundleHeaderProto.num_shards`, an integer, or `SavedTensorSlices.meta`, a message.
      if (number === 1 && wire === "varint") return "index";
      if (number === 1 && wire === "bytes") return "v1";
    }
    return undefined;
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return bytes.length <= MAX_INDEX_BYTES ? "index" : "v1";
  }
}

/**
 * Says whether a file is the `.index` of a checkpoint of version 2.
 *
 * @param bytes The whole file, as the mark of a table is at its end.
 */
export function isTensorBundleIndex(bytes: Uint8Array): boolean {
  return sniff(bytes) === "index";
}

/**
 * Says whether a file is a checkpoint of version 1.
 *
 * @param bytes The whole file, as the mark of a table is at its end.
 */
export function isTfV1(bytes: Uint8Array): boolean {
  return sniff(bytes) === "v1";
}
