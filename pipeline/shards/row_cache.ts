/**
 * Rows of earlier artifacts, found by the digest of their image.
 *
 * A row of a shard depends on the image's bytes and on how it was computed, not
 * on which dataset it stood in. So a stage whose dataset has changed a little
 * takes most of its rows from an earlier artifact of the same computation.
 */

import { canonicalJson, type Json } from "../artifact/canonical_json.ts";
import type { Work } from "../artifact/fingerprint.ts";
import type { ManifestFile } from "../artifact/manifest.ts";
import type { SafetensorsFile } from "../artifact/safetensors.ts";
import { decodeSealed, readHeader } from "../artifact/shard.ts";
import { StageFiles } from "../artifact/stage_files.ts";
import { decodeManifest, MANIFEST } from "../artifact/manifest.ts";
import type { Store } from "../artifact/store.ts";
import { decodeHex } from "@std/encoding/hex";
import { NumberColumn } from "../dataset/columns.ts";
import { DIGEST_BYTES, DigestTable } from "../dataset/digest_table.ts";

/** Shards kept decoded: the current one and the one before, as neighbours are asked for in order. */
const OPEN_SHARDS = 2;

/** A shard of an earlier artifact. */
interface CachedShard {
  files: StageFiles;
  file: ManifestFile;
}

/** A row of an earlier artifact. */
interface CachedRow {
  shard: SafetensorsFile;
  row: number;
}

/**
 * Returns a key that is equal for artifacts whose rows can be exchanged: those that
 * differ only in the dataset and the size of shards.
 */
function rowKey(work: Work): string {
  const { shardSize: _, ...config } = work.config;
  const { records: _r, classes: _c, rejected: _j, tensors: _t, ...inputs } =
    work.inputs;
  const { stage, version } = work;
  return canonicalJson({ stage, version, config, inputs } as Json);
}

/** Rows of all complete artifacts of the same computation; some 60 bytes of memory each. */
export class RowCache {
  readonly #digests = new DigestTable();
  /** Shard of the row of each digest; `#rowOf` has its position in the shard. */
  readonly #shardOf = new NumberColumn(Int32Array);
  readonly #rowOf = new NumberColumn(Int32Array);
  readonly #shards: CachedShard[] = [];
  readonly #open = new Map<string, Promise<SafetensorsFile | undefined>>();

  private constructor() {}

  /**
   * Looks for artifacts of the same computation as `work`.
   *
   * Reads the digests of their rows, 32 bytes an image, and nothing else.
   *
   * @param work The work that rows are wanted for; its own artifact is left out.
   */
  static async open(store: Store, work: Work): Promise<RowCache> {
    const cache = new RowCache();
    const key = rowKey(work);
    const own = (await StageFiles.open(store, work)).directory;
    for (const name of await store.folders("artifacts")) {
      const directory = `artifacts/${name}`;
      if (!name.startsWith(`${work.stage}-`) || directory === own) continue;
      try {
        const path = `${directory}/${MANIFEST}`;
        const bytes = await store.read(path);
        if (bytes === undefined) continue;
        const manifest = await decodeManifest(bytes, path);
        if (rowKey(manifest.work) !== key) continue;
        const files = await StageFiles.open(store, manifest.work);
        for (const file of manifest.files) await cache.#add(store, files, file);
      } catch {
        // An artifact that cannot be read saves no work; `status --verify` names it.
        continue;
      }
    }
    return cache;
  }

  /** Number of images that have a row. */
  get size(): number {
    return this.#digests.size;
  }

  async #add(
    store: Store,
    files: StageFiles,
    file: ManifestFile,
  ): Promise<void> {
    if (!file.path.endsWith(".safetensors")) return;
    const path = files.path(file.path);
    const header = await readHeader(store, path);
    const entry = header?.tensors.get("digest");
    if (header === undefined || entry === undefined) return;
    const [start, end] = entry.offsets.map((o) => o + header.dataStart);
    const digests = await store.readRange(path, start!, end!);
    const shard = this.#shards.push({ files, file }) - 1;
    for (let row = 0; row < digests.length / DIGEST_BYTES; row++) {
      const digest = digests.subarray(
        row * DIGEST_BYTES,
        (row + 1) * DIGEST_BYTES,
      );
      if (this.#digests.add(digest) < this.#shardOf.length) continue;
      this.#shardOf.push(shard);
      this.#rowOf.push(row);
    }
  }

  /**
   * Returns the row of an image; its shard is read whole, and checked.
   *
   * @param digest SHA-256 of the image, in hex.
   * @returns The row, or `undefined` if there is none or its shard is damaged.
   */
  async find(digest: string): Promise<CachedRow | undefined> {
    const number = this.#digests.find(decodeHex(digest));
    if (number < 0) return undefined;
    const { files, file } = this.#shards[this.#shardOf.at(number)]!;
    const path = files.path(file.path);
    if (!this.#open.has(path)) {
      const [oldest] = this.#open.keys();
      if (this.#open.size >= OPEN_SHARDS) this.#open.delete(oldest!);
      // Set before it is read: neighbours ask for it at the same time.
      this.#open.set(path, readShard(files, file));
    }
    const shard = await this.#open.get(path);
    return shard && { shard, row: this.#rowOf.at(number) };
  }
}

/** Reads a shard, or returns `undefined` if it cannot be trusted. */
async function readShard(
  files: StageFiles,
  file: ManifestFile,
): Promise<SafetensorsFile | undefined> {
  try {
    const bytes = await files.readVerified(file);
    return await decodeSealed(bytes, files.path(file.path));
  } catch {
    return undefined;
  }
}
