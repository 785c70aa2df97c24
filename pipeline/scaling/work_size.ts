/**
 * The size of the work: bytes, files and shards of each stage, from the number of
 * photos.
 */

/** Bytes of a line of `records.jsonl`, with a path of 40 characters. */
const RECORD_BYTES = 190;

/** Bytes of label, record and digest of a row of a shard. */
const ROW_BYTES = 4 + 4 + 32;

/** What decides the size of the work. */
export interface WorkSizeOptions {
  /** Number of photos. */
  photos: number;
  /** Mean size of a photo file, in bytes. */
  photoBytes: number;
  /** Side of an image, in pixels. */
  imageSize: number;
  /** Views of an image: 2 of one to train on, 1 of any other. */
  views: number;
  /** Numbers in an embedding. */
  embeddingSize: number;
  /** Images in a shard. */
  shardSize: number;
}

/** The size of a stage. */
export interface StageSize {
  /** The stage. */
  stage: "dataset-index" | "tensors" | "embeddings";
  /** Bytes that are read. */
  readBytes: number;
  /** Bytes that are written. */
  writtenBytes: number;
  /** Files that are read: a request each on an object store. */
  filesRead: number;
  /** Files that are written: a request each on an object store. */
  filesWritten: number;
}

/**
 * Computes the size of the stages that are split into parts. Rows have the sizes
 * that the stages document; headers of shards, some 500 bytes each, are left out.
 *
 * @returns A size per stage, in the order of the chain.
 */
export function measureWork(options: WorkSizeOptions): StageSize[] {
  const { photos, photoBytes, imageSize, views, embeddingSize } = options;
  const shards = Math.ceil(photos / options.shardSize);
  const index = photos * RECORD_BYTES;
  const tensors = photos * (imageSize ** 2 * 3 + ROW_BYTES);
  const embeddings = photos * (views * embeddingSize * 4 + ROW_BYTES);
  return [
    {
      stage: "dataset-index",
      readBytes: photos * photoBytes,
      writtenBytes: index,
      filesRead: photos,
      filesWritten: 1,
    },
    {
      stage: "tensors",
      readBytes: photos * photoBytes,
      writtenBytes: tensors,
      filesRead: photos,
      filesWritten: shards,
    },
    {
      stage: "embeddings",
      readBytes: tensors,
      writtenBytes: embeddings,
      filesRead: shards,
      filesWritten: shards,
    },
  ];
}
