/** Finds damage in the files that a manifest lists. */

import { DigestMismatchError, FormatError } from "../errors.ts";
import { MANIFEST, type ManifestFile } from "./manifest.ts";
import type { SafetensorsHeader } from "./safetensors_header.ts";
import { readHeaderOf } from "./shard.ts";
import type { ReadableStore } from "./store.ts";
import { streamVerified } from "./verified_stream.ts";

/** A file that is not what the manifest says. */
export interface Damage {
  /** Path, relative to the work directory. */
  path: string;
  /** What is wrong with it. */
  reason: string;
}

/** How files are looked at. */
interface DamageOptions {
  /** Directory of the files, relative to the work directory. */
  directory: string;
  stage: string;
  /** Whether to read every byte; otherwise sizes, and the headers of shards. */
  everyByte: boolean;
}

/** Files that are looked at together: most of the time of one is waiting. */
const FILES_AT_A_TIME = 16;

/** Names of shards, which hold one sample per row. */
const SHARD = /-\d{5}-of-\d{5}\.safetensors$/;

/**
 * Compares the rows that a manifest lists with the header of the shard.
 *
 * @returns What is wrong with the manifest, if anything.
 */
export function checkRows(
  { path, rows }: ManifestFile,
  header: SafetensorsHeader | undefined,
): string | undefined {
  if (header === undefined || !SHARD.test(path)) return undefined;
  const found = [...header.tensors.values()].map(({ shape }) => shape[0]);
  if (found.every((count) => count === rows)) return undefined;
  return `its manifest must list ${found[0]} rows: it lists ${rows ?? "none"}`;
}

/** Says what is wrong with a file, or with what the manifest says of it, if anything. */
async function checkFile(
  store: ReadableStore,
  file: ManifestFile,
  options: DamageOptions,
): Promise<Damage | undefined> {
  const found = await checkContent(store, file, options);
  const at = (name: string) => `${options.directory}/${name}`;
  if (typeof found === "string") return { path: at(file.path), reason: found };
  const reason = checkRows(file, found);
  return reason === undefined ? undefined : { path: at(MANIFEST), reason };
}

/** Says what is wrong with the bytes of a file; returns the header of one of safetensors otherwise. */
async function checkContent(
  store: ReadableStore,
  file: ManifestFile,
  options: DamageOptions,
): Promise<string | SafetensorsHeader | undefined> {
  const { directory, stage, everyByte } = options;
  const path = `${directory}/${file.path}`;
  const entry = await store.stat(path);
  if (entry === undefined) return "no such file";
  if (entry.sizeBytes !== file.sizeBytes) {
    return `it has ${entry.sizeBytes} bytes, ${file.sizeBytes} were written`;
  }
  try {
    if (everyByte) {
      for await (const _ of streamVerified(store, { path, file, stage }));
    }
    return path.endsWith(".safetensors")
      ? await readHeaderOf(store, entry)
      : undefined;
  } catch (error) {
    if (error instanceof DigestMismatchError) {
      return `its bytes have changed since they were written`;
    }
    // A disk that cannot be read says nothing about the file.
    if (error instanceof FormatError) return error.message;
    throw error;
  }
}

/**
 * Finds the files that are not what a manifest says.
 *
 * @returns Those that are missing or damaged, in order; none when all is well.
 */
export async function findDamage(
  store: ReadableStore,
  files: readonly ManifestFile[],
  options: DamageOptions,
): Promise<Damage[]> {
  const damaged: Damage[] = [];
  // Whole files are read one after the other.
  const step = options.everyByte ? 1 : FILES_AT_A_TIME;
  for (let start = 0; start < files.length; start += step) {
    const some = files.slice(start, start + step);
    const found = await Promise.all(
      some.map((file) => checkFile(store, file, options)),
    );
    damaged.push(...found.filter((damage) => damage !== undefined));
  }
  return damaged;
}
