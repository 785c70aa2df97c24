/**
 * What every export comes with beside the model: labels, preprocessing, golden
 * photos, a model card, and `export.json`.
 */

import { sha256 } from "../artifact/digest.ts";
import { freeBytes } from "../artifact/free_bytes.ts";
import type { ReadableStore, Store } from "../artifact/store.ts";
import { renderCard } from "./card.ts";
import type { ExportCheck } from "./check.ts";
import { EXPORT_FILE } from "./folder.ts";
import type { ExportFacts, ExportFormat } from "./format.ts";
import type { ExportFormatName } from "./formats.ts";
import { encodeGolden, type Reference } from "./reference.ts";

/** Version of `export.json`. Raise it when the same name means something else. */
const EXPORT_VERSION = 1;

/** A file of an export. */
export interface ExportedFile {
  /** Path, relative to the folder. */
  path: string;
  /** Size in bytes. */
  sizeBytes: number;
  /** SHA-256 in hex. */
  digest: string;
}

/** Encodes JSON as a file for people too. */
function encodeJson(value: unknown): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);
}

/** Lists the files of a folder. */
async function listFiles(store: ReadableStore): Promise<ExportedFile[]> {
  const files: ExportedFile[] = [];
  for await (const { path, sizeBytes } of store.walk("")) {
    if (path === "lock") continue;
    const bytes = (await store.read(path))!;
    files.push({ path, sizeBytes, digest: await sha256(bytes) });
    freeBytes(bytes);
  }
  return files;
}

/**
 * Writes what every format comes with, `export.json` last.
 *
 * @param store The folder of the export, with the model in it.
 * @param parts The model, its format, how it was checked, and on which photos.
 * @returns The files of the export, but for `export.json`.
 */
export async function writeFacts(
  store: Store,
  parts: {
    name: ExportFormatName;
    format: ExportFormat;
    facts: ExportFacts;
    check: ExportCheck;
    reference: Reference;
  },
): Promise<ExportedFile[]> {
  const { name, format, facts, check, reference } = parts;
  const { metrics, classNames, preprocessing, ...rest } = facts;
  const card = new TextEncoder().encode(renderCard({ facts, format, check }));
  await store.writeAtomic("labels.json", encodeJson(classNames));
  await store.writeAtomic("preprocessing.json", encodeJson(preprocessing));
  await store.writeAtomic("golden.safetensors", encodeGolden(reference));
  await store.writeAtomic("README.md", card);
  const files = await listFiles(store);
  const { samples, top1, top5, loss } = metrics;
  const content = {
    version: EXPORT_VERSION,
    format: name,
    file: format.file,
    ...rest,
    classes: classNames.length,
    evaluation: { samples, top1, top5, loss },
    check,
    files,
  };
  await store.writeAtomic(EXPORT_FILE, encodeJson(content));
  return files;
}
