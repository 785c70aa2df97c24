/** The files of one stage in its directory: writing, checking, sealing. */

import {
  DigestMismatchError,
  FormatError,
  MissingArtifactError,
} from "../errors.ts";
import { type Damage, findDamage } from "./damage.ts";
import { sha256 } from "./digest.ts";
import { fingerprint, stageDirectory, type Work } from "./fingerprint.ts";
import {
  decodeManifest,
  encodeManifest,
  MANIFEST,
  type Manifest,
  type ManifestFile,
} from "./manifest.ts";
import type { SafetensorsHeader } from "./safetensors_header.ts";
import { readHeader } from "./shard.ts";
import type { Content, Store } from "./store.ts";
import { missingFile, streamVerified } from "./verified_stream.ts";

/** The artifacts of one piece of work. */
export class StageFiles {
  /** Everything that decides the bytes of the stage. */
  readonly work: Work;
  /** Digest of the work. */
  readonly fingerprint: string;
  /** Directory of the artifacts, relative to the work directory. */
  readonly directory: string;
  readonly #store: Store;

  private constructor(store: Store, work: Work, digest: string) {
    this.#store = store;
    this.work = work;
    this.fingerprint = digest;
    this.directory = stageDirectory(work.stage, digest);
  }

  /** Opens the directory of a piece of work; nothing is read or written yet. */
  static async open(store: Store, work: Work): Promise<StageFiles> {
    return new StageFiles(store, work, await fingerprint(work));
  }

  /** Returns the path of a file, relative to the work directory. */
  path(name: string): string {
    return `${this.directory}/${name}`;
  }

  /**
   * Reads a file without checking it.
   *
   * @returns Its bytes, or `undefined` where there is none.
   */
  read(name: string): Promise<Uint8Array | undefined> {
    return this.#store.read(this.path(name));
  }

  /**
   * Reads the header of a safetensors file, without checking the data.
   *
   * @returns The header, or `undefined` where there is no file.
   * @throws {FormatError} If the header is not valid or does not fill the file.
   */
  readHeader(name: string): Promise<SafetensorsHeader | undefined> {
    return readHeader(this.#store, this.path(name));
  }

  /** Writes a file that is digested already, complete or absent. */
  async writeSealed(
    name: string,
    { bytes, digest }: { bytes: Uint8Array; digest: string },
  ): Promise<ManifestFile> {
    await this.#store.writeAtomic(this.path(name), bytes);
    return { path: name, sizeBytes: bytes.byteLength, digest };
  }

  /** Writes a file, complete or absent; its digest is taken when the stage is sealed. */
  async writeForNow(name: string, bytes: Uint8Array): Promise<void> {
    await this.#store.writeAtomic(this.path(name), bytes);
  }

  /** Writes a file, complete or absent. */
  async write(name: string, content: Content): Promise<ManifestFile> {
    const { measureContent } = await import("./measured_content.ts");
    const measured = measureContent(content);
    await this.#store.writeAtomic(this.path(name), measured.content);
    return measured.describe(name);
  }

  /** Removes a file, so that the next run makes it again. */
  async remove(name: string): Promise<void> {
    await this.#store.remove(this.path(name));
  }

  /**
   * Writes the manifest: from now on the stage is complete.
   *
   * @param files The files, in the order they were planned.
   */
  async seal(
    files: ManifestFile[],
    counts: Record<string, number>,
  ): Promise<Manifest> {
    const { work, fingerprint } = this;
    const manifest: Manifest = { format: 1, fingerprint, work, files, counts };
    await this.#store.writeAtomic(
      this.path(MANIFEST),
      await encodeManifest(manifest),
    );
    return manifest;
  }

  /**
   * Reads the manifest.
   *
   * @returns The manifest, or `undefined` where the stage is not complete.
   * @throws {FormatError} If the bytes are not a manifest, have changed, or are one of other work.
   */
  async manifest(): Promise<Manifest | undefined> {
    const bytes = await this.read(MANIFEST);
    if (bytes === undefined) return undefined;
    const path = this.path(MANIFEST);
    const manifest = await decodeManifest(bytes, path);
    if (manifest.fingerprint !== this.fingerprint) {
      throw new FormatError(
        `Cannot use "${path}" as its fingerprint must be ${this.fingerprint}: it is ${manifest.fingerprint}`,
        { path },
      );
    }
    const found = await fingerprint(manifest.work);
    if (found !== this.fingerprint) {
      throw new FormatError(
        `Cannot use "${path}" as its work must give its fingerprint: it gives ${found}`,
        { path },
      );
    }
    return manifest;
  }

  /**
   * Reads the manifest of a stage that must be complete.
   *
   * @throws {MissingArtifactError} If there is none.
   */
  async requireManifest(): Promise<Manifest> {
    const manifest = await this.manifest();
    if (manifest === undefined) {
      const { stage } = this.work;
      const path = this.path(MANIFEST);
      throw new MissingArtifactError(
        `Cannot read stage "${stage}" as it is not complete: no manifest at "${path}"`,
        { stage, path },
      );
    }
    return manifest;
  }

  /**
   * Reads a file of a complete stage and checks it against the manifest.
   *
   * @throws {MissingArtifactError} If there is no such file.
   * @throws {DigestMismatchError} If its bytes have changed.
   */
  async readVerified(file: ManifestFile): Promise<Uint8Array> {
    const path = this.path(file.path);
    const bytes = await this.read(file.path);
    if (bytes === undefined) throw missingFile(path, this.work.stage);
    const actual = await sha256(bytes);
    if (actual !== file.digest) {
      throw new DigestMismatchError(path, { expected: file.digest, actual });
    }
    return bytes;
  }

  /**
   * Reads a file of a complete stage in parts, as {@linkcode readVerified} reads
   * it whole; what has changed is noticed at its end.
   *
   * @returns The parts, in order; each is valid until the next is read.
   */
  stream(file: ManifestFile): AsyncIterable<Uint8Array> {
    const path = this.path(file.path);
    const { stage } = this.work;
    return streamVerified(this.#store, { path, file, stage });
  }

  /**
   * Prepares to read parts of a file at once, without checking it again.
   *
   * @param bytes The whole file, which was read and checked.
   * @returns Reads a part, and returns the number of bytes, fewer than asked for where the file ends before; throws a {@linkcode MissingArtifactError} if the file is gone.
   */
  async openSync(
    name: string,
    bytes: Uint8Array,
  ): Promise<(target: Uint8Array, start: number) => number> {
    const path = this.path(name);
    const read = await this.#store.openSync(path, bytes);
    return (target, start) => {
      const count = read(target, start);
      if (count !== undefined) return count;
      const { stage } = this.work;
      throw new MissingArtifactError(
        `Cannot read "${path}" of stage "${stage}" as the file has been removed: it was there before`,
        { stage, path },
      );
    };
  }

  /**
   * Compares the files with the manifest, cheaply: names, sizes and the headers
   * of shards; or, with `everyByte`, by their digests.
   */
  check(
    manifest: Manifest,
    options: { everyByte: boolean },
  ): Promise<Damage[]> {
    const { directory, work: { stage } } = this;
    const { everyByte } = options;
    const how = { directory, stage, everyByte };
    return findDamage(this.#store, manifest.files, how);
  }
}
