/**
 * PyTorch files before 1.6: five pickles, then the storages.
 *
 * The pickles are a magic number, the version, what the machine was like, the
 * value, and the keys of the storages; each storage is its size in elements, 8
 * bytes, and its elements, in the order of the keys.
 *
 * Source: `_legacy_save()` of torch/serialization.py,
 * https://github.com/pytorch/pytorch/blob/main/torch/serialization.py.
 */

import { unpickle } from "./pickle.ts";
import { pytorchError, quote } from "./format_errors.ts";
import { PytorchMeanings } from "./pytorch_pickle.ts";
import type { StorageRef } from "./pytorch_tensor.ts";
import type { PytorchFile } from "./pytorch_zip.ts";

/** The magic number as a pickle writes it: an opcode, its length, and 0x1950a86a20f9469cfc6c. */
const MAGIC = [0x8a, 10, 108, 252, 156, 70, 249, 32, 106, 168, 80, 25, 46];

/** The only version there is. */
const VERSION = 1001;

/** Bytes of the size of a storage. */
const SIZE_BYTES = 8;

/**
 * Tells whether a file starts as PyTorch before 1.6 wrote them.
 *
 * @returns Whether the magic number is there; since protocol 4 in a frame.
 */
export function isPytorchLegacy(head: Uint8Array): boolean {
  const [proto, protocol = 0, frame] = head;
  if (proto !== 0x80 || protocol < 2) return false;
  const start = frame === 0x95 ? 11 : 2;
  return MAGIC.every((byte, i) => head[start + i] === byte);
}

/** Finds the storages, from their sizes. */
function findStorages(
  bytes: Uint8Array,
  start: number,
  keys: unknown,
  { storages, path }: { storages: Map<string, StorageRef>; path: string },
): Map<string, Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = new Map<string, Uint8Array>();
  let at = start;
  for (const key of Array.isArray(keys) ? keys : []) {
    const storage = storages.get(key);
    if (storage === undefined || found.has(key)) {
      throw pytorchError(
        path,
        `each storage must be listed once, and used: ${
          quote(typeof key === "string" ? key : typeof key)
        } is not`,
      );
    }
    const size = at + SIZE_BYTES <= bytes.byteLength
      ? Number(view.getBigInt64(at, true))
      : NaN;
    const dataStart = at + SIZE_BYTES;
    at = dataStart + storage.size * storage.type.elementBytes;
    if (size !== storage.size || at > bytes.byteLength) {
      throw pytorchError(
        path,
        `storage ${
          quote(storage.key)
        } must have its ${storage.size} elements before byte ${bytes.byteLength}: ${
          size === storage.size
            ? `it ends at ${at}`
            : Number.isNaN(size)
            ? "the file is cut off"
            : `it has ${size}`
        }`,
        { byteOffset: dataStart - SIZE_BYTES },
      );
    }
    found.set(storage.key, bytes.subarray(dataStart, at));
  }
  return found;
}

/**
 * Opens a file of PyTorch before 1.6.
 *
 * @throws {FormatError} If the file is damaged, big endian, or holds anything but tensors.
 */
export function openPytorchLegacy(
  bytes: Uint8Array,
  path: string,
): PytorchFile {
  const meanings = new PytorchMeanings(path);
  let at = 0;
  const next = (): unknown => {
    const { value, end } = unpickle(bytes, at, meanings, path);
    at = end;
    return value;
  };
  next();
  const version = next();
  if (version !== VERSION) {
    throw pytorchError(
      path,
      `its version must be ${VERSION}: it is ${
        typeof version === "number" ? version : typeof version
      }`,
    );
  }
  const system = next();
  if (!(system instanceof Map && system.get("little_endian") === true)) {
    throw pytorchError(
      path,
      "it must say that it is little endian: it does not",
    );
  }
  const value = next();
  const keys = next();
  const { storages } = meanings;
  const found = findStorages(bytes, at, keys, { storages, path });
  const open = ({ key }: StorageRef): Uint8Array => {
    const data = found.get(key);
    if (data) return data;
    throw pytorchError(path, `storage ${quote(key)} must be listed: it is not`);
  };
  return { value, open };
}
