/**
 * Where test files are, and reading them.
 *
 * @module
 */

import {
  decodeSafetensors,
  type SafetensorsFile,
} from "../../pipeline/artifact/safetensors.ts";

/** Files that come with the project. */
export const FIXTURES: URL = new URL("../../fixtures/", import.meta.url);

/** Reference files that may lie beside the project; tests that need them are ignored where they do not. */
export const SHARED: URL = new URL("../../../shared/", import.meta.url);

/** Whether the reference files are there; another folder of this name has none. */
export const HAS_SHARED: boolean = await exists(
  new URL("reference/weights/", SHARED),
);

/** Whether a file or folder exists. */
async function exists(url: URL): Promise<boolean> {
  try {
    await Deno.stat(url);
    return true;
  } catch {
    return false;
  }
}

/** Reads a file of the fixtures. */
export function readFixture(path: string): Promise<Uint8Array> {
  return Deno.readFile(new URL(path, FIXTURES));
}

/** Reads a reference file. */
export function readShared(path: string): Promise<Uint8Array> {
  return Deno.readFile(new URL(path, SHARED));
}

/** Reads golden tensors of the fixtures. */
export async function readGolden(name: string): Promise<SafetensorsFile> {
  return decodeSafetensors(await readFixture(`golden/${name}`), name);
}

/** Reads reference tensors. */
export async function readReference(path: string): Promise<SafetensorsFile> {
  return decodeSafetensors(await readShared(`reference/${path}`), path);
}
