/**
 * PyTorch files since 1.6: a zip file with a pickle, and an entry for each storage.
 *
 * Entries are `<folder>/data.pkl`, `<folder>/data/<key>` and, since 2.1,
 * `<folder>/byteorder`; the folder is named after the file.
 *
 * Source: `_save()` of torch/serialization.py,
 * https://github.com/pytorch/pytorch/blob/main/torch/serialization.py.
 */

import { unpickle } from "./pickle.ts";
import { pytorchError, quote } from "./format_errors.ts";
import { PytorchMeanings } from "./pytorch_pickle.ts";
import type { StorageRef } from "./pytorch_tensor.ts";
import { readZipEntry } from "./zip_entry.ts";
import { readZipDirectory, type ZipEntry } from "./zip.ts";

/** What a file holds. */
export interface PytorchFile {
  /** The value of its pickle. */
  value: unknown;
  /** Returns the bytes of a storage, as many as its size says. */
  open: (storage: StorageRef) => Uint8Array;
}

/** Finds the pickle, whatever its folder. */
function findPickle(entries: Map<string, ZipEntry>, path: string): ZipEntry {
  for (const [name, entry] of entries) {
    if (/^[^/]+\/data\.pkl$/.test(name)) return entry;
  }
  throw pytorchError(path, "it must hold data.pkl in a folder: it does not");
}

/**
 * Opens a zip file of PyTorch.
 *
 * @throws {FormatError} If the file is damaged, big endian, or holds anything but tensors.
 */
export function openPytorchZip(bytes: Uint8Array, path: string): PytorchFile {
  const entries = readZipDirectory(bytes, path);
  const pickle = findPickle(entries, path);
  const folder = pickle.name.slice(0, -"data.pkl".length);
  const order = entries.get(`${folder}byteorder`);
  if (order) {
    const text = new TextDecoder().decode(readZipEntry(bytes, order, path));
    if (text !== "little") {
      throw pytorchError(
        path,
        `its byte order must be "little": it is ${quote(text)}`,
        { byteOffset: order.start },
      );
    }
  }
  const meanings = new PytorchMeanings(path);
  const { value } = unpickle(
    readZipEntry(bytes, pickle, path),
    0,
    meanings,
    path,
  );
  const opened = new Map<string, Uint8Array>();
  const open = ({ key, type, size }: StorageRef): Uint8Array => {
    const known = opened.get(key);
    if (known) return known;
    const name = `${folder}data/${key}`;
    const entry = entries.get(name);
    const expected = size * type.elementBytes;
    if (entry?.sizeBytes !== expected) {
      throw pytorchError(
        path,
        `its entry ${quote(name)} must have ${expected} bytes: ${
          entry ? `it has ${entry.sizeBytes}` : "there is none"
        }`,
      );
    }
    const data = readZipEntry(bytes, entry, path);
    opened.set(key, data);
    return data;
  };
  return { value, open };
}
