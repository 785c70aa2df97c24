/**
 * Comparing the photos of a dataset index with their bytes.
 *
 * The fingerprint of an index covers sizes and times of photos. A photo that was edited
 * and kept both is found only by reading it.
 */

import type { Artifact } from "../artifact/artifact.ts";
import type { Rejection } from "../dataset/image_record.ts";
import type { ImageRecords } from "../dataset/image_records.ts";
import { openImages } from "../dataset/open_images.ts";
import { FormatError } from "../errors.ts";
import type { UseCheck } from "./stage.ts";

/** What is compared: a complete dataset index. */
interface Index extends Artifact {
  readRecords(): Promise<ImageRecords>;
  streamRejected(): AsyncIterable<Rejection>;
}

/**
 * Reads every photo again, and compares its digest with that of the index.
 *
 * @throws {FormatError} If a photo has changed, so that the index counts as damaged.
 */
export async function requireSamePhotos(
  index: Index,
  { photos, signal, emit }: UseCheck,
): Promise<void> {
  const { work: { stage } } = index.files;
  const listing = await photos.list();
  const total = listing.length;
  const records = (await index.readRecords())[Symbol.iterator]();
  const rejected = new Map<string, string | undefined>();
  for await (const { path, digest } of index.streamRejected()) {
    rejected.set(path, digest);
  }
  let done = 0;
  emit({ type: "start", stage, done, total, unit: "images" });
  for await (
    const { candidate, opened } of openImages(listing, await photos.open())
  ) {
    signal.throwIfAborted();
    // Records stand in the order of the listing, without those that were rejected.
    const found = "reason" in opened ? undefined : opened.digest;
    const isSame = rejected.has(candidate.path)
      ? found === rejected.get(candidate.path)
      : found !== undefined && found === records.next().value?.digest;
    if (!isSame) {
      const path = index.files.path("records.jsonl");
      throw new FormatError(
        `Cannot keep "${path}" as "${candidate.path}" has changed since it was indexed`,
        { path },
      );
    }
    emit({ type: "progress", stage, done: ++done, total });
  }
}
