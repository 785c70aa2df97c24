/**
 * Reading the dataset index.
 *
 * @module
 */

import type { StageFiles } from "../artifact/stage_files.ts";
import { decodeClassIndex } from "../dataset/class_index.ts";
import {
  decodeJsonLines,
  type ImageRecord,
  type Rejection,
} from "../dataset/image_record.ts";

/** Names of the files that the stage writes. */
export const INDEX_FILES = {
  records: "records.jsonl",
  classes: "class_indices.json",
  rejected: "rejected.jsonl",
} as const;

/** What the stage has found. */
export interface DatasetIndex {
  /** The images, sorted by path. */
  records: ImageRecord[];
  /** Class names by label. */
  classNames: string[];
  /** Images that cannot be used. */
  rejected: Rejection[];
}

/**
 * Reads what the stage has found; every byte is checked.
 *
 * @param files Files of the complete stage.
 * @returns Records, class names and rejections.
 */
export async function readDatasetIndex(
  files: StageFiles,
): Promise<DatasetIndex> {
  const manifest = await files.requireManifest();
  const read = async (name: string) => {
    const file = manifest.files.find(({ path }) => path === name);
    return await files.readVerified(file!);
  };
  const path = (name: string) => files.path(name);
  const { records, classes, rejected } = INDEX_FILES;
  return {
    records: decodeJsonLines(await read(records), path(records)),
    classNames: decodeClassIndex(await read(classes), path(classes)),
    rejected: decodeJsonLines(await read(rejected), path(rejected)),
  };
}
