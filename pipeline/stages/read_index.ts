/**
 * Reading the dataset index.
 *
 * @module
 */

import type { Manifest } from "../artifact/manifest.ts";
import type { StageFiles } from "../artifact/stage_files.ts";
import { decodeClassIndex } from "../dataset/class_index.ts";
import type { ImageRecord, Rejection } from "../dataset/image_record.ts";
import { ImageRecords } from "../dataset/image_records.ts";
import { streamJsonLines } from "../dataset/json_lines.ts";

/** Names of the files that the stage writes. */
export const INDEX_FILES = {
  records: "records.jsonl",
  classes: "class_indices.json",
  rejected: "rejected.jsonl",
} as const;

/** What the stage has found. What may be a million lines is read when it is asked for. */
export interface DatasetIndex {
  /** Class names by label. */
  classNames: string[];
  /** Reads the images, sorted by path, in some 110 bytes each; every byte is checked. They are read once. */
  readRecords: () => Promise<ImageRecords>;
  /** Reads the images that cannot be used, one at a time; what has changed is noticed after the last. */
  streamRejected: () => AsyncIterable<Rejection>;
}

/**
 * Opens what the stage has found: reads the class names, and checks every byte
 * of the rest.
 *
 * @param files Files of the complete stage.
 * @param manifest Their manifest.
 * @returns The class names, and how to read the rest.
 * @throws {MissingArtifactError} If a file is not there.
 * @throws {DigestMismatchError} If the bytes of a file have changed.
 */
export async function openDatasetIndex(
  files: StageFiles,
  manifest: Manifest,
): Promise<DatasetIndex> {
  const { records, classes, rejected } = INDEX_FILES;
  const entry = (name: string) =>
    manifest.files.find(({ path }) => path === name)!;
  const stream = <T>(name: string) =>
    streamJsonLines<T>(files.stream(entry(name)), files.path(name));
  for (const name of [records, rejected]) {
    for await (const _ of files.stream(entry(name)));
  }
  const bytes = await files.readVerified(entry(classes));
  const readRecords = async () => {
    const found = new ImageRecords();
    for await (const record of stream<ImageRecord>(records)) {
      found.push(record);
    }
    return found;
  };
  let reading: Promise<ImageRecords> | undefined;
  return {
    classNames: decodeClassIndex(bytes, files.path(classes)),
    readRecords: () => reading ??= readRecords(),
    streamRejected: () => stream<Rejection>(rejected),
  };
}
