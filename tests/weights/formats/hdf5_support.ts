/**
 * HDF5 files that are made by the library that reads them.
 *
 * @module
 */

import { File, Module, ready } from "h5wasm";
import { Hdf5File } from "../../../pipeline/weights/formats/hdf5_file.ts";

await ready;

/**
 * Makes a file.
 *
 * @param build Fills it.
 * @returns Its bytes.
 */
export function makeHdf5(
  build: (file: File) => void,
): Uint8Array<ArrayBuffer> {
  const path = "/made.h5";
  const file = new File(path, "w", { libver: "latest" });
  build(file);
  file.close();
  const bytes = Module.FS.readFile(path);
  Module.FS.unlink(path);
  return new Uint8Array(bytes);
}

/**
 * Opens a file in this thread, where what goes wrong can be seen.
 *
 * @param bytes Its bytes.
 * @returns The file; the one that was opened before cannot be read any more.
 */
export function openHdf5(bytes: Uint8Array): Hdf5File {
  if (Module.FS.analyzePath("/weights.h5").exists) {
    Module.FS.unlink("/weights.h5");
  }
  return new Hdf5File(bytes);
}
