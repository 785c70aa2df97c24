/**
 * The files of one stage in its directory: writing, checking, sealing.
 *
 * @module
 */

import {
  DigestMismatchError,
  FormatError,
  MissingArtifactError,
} from "../errors.ts";
import { sha256 } from "./digest.ts";
import { fingerprint, stageDirectory, type Work } from "./fingerprint.ts";
import {
  decodeManifest,
  encodeManifest,
  MANIFEST,
  type Manifest,
  type ManifestFile,
} from "./manifest.ts";
import { readHeader } from "./shard.ts";
import type { Store } from "./store.ts";

/** A file that is not what the manifest says. */
export interface Damage {
  /** Path, relative to the work directory. */
  path: string;
  /** What is wrong with it. */
  reason: string;
}

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

  /**
   * Opens the directory of a piece of work; nothing is read or written yet.
   *
   * @param store The work directory.
   * @param work Everything that decides the bytes of the stage.
   * @returns The files of the stage.
   */
  static async open(store: Store, work: Work): Promise<StageFiles> {
    return new StageFiles(store, work, await fingerprint(work));
  }

  /**
   * Returns the path of a file, relative to the work directory.
   *
   * @param name Name of the file in the directory of the stage.
   * @returns The path.
   */
  path(name: string): string {
    return `${this.directory}/${name}`;
  }

  /**
   * Reads a file without checking it.
   *
   * @param name Name of the file in the directory of the stage.
   * @returns Its bytes, or `undefined` where there is none.
   */
  read(name: string): Promise<Uint8Array | undefined> {
    return this.#store.read(this.path(name));
  }

  /**
   * Writes a file, complete or absent.
   *
   * @param name Name of the file in the directory of the stage.
   * @param bytes Its bytes.
   * @returns The entry for the manifest.
   */
  async write(name: string, bytes: Uint8Array): Promise<ManifestFile> {
    await this.#store.writeAtomic(this.path(name), bytes);
    return await describeFile(name, bytes);
  }

  /**
   * Removes a file, so that the next run makes it again.
   *
   * @param name Name of the file in the directory of the stage.
   */
  async remove(name: string): Promise<void> {
    await this.#store.remove(this.path(name));
  }

  /**
   * Writes the manifest: from now on the stage is complete.
   *
   * @param files The files, in the order they were planned.
   * @param counts Totals for later stages and people.
   * @returns The manifest.
   */
  async seal(
    files: ManifestFile[],
    counts: Record<string, number>,
  ): Promise<Manifest> {
    const { work, fingerprint } = this;
    const manifest: Manifest = { format: 1, fingerprint, work, files, counts };
    await this.#store.writeAtomic(
      this.path(MANIFEST),
      encodeManifest(manifest),
    );
    return manifest;
  }

  /**
   * Reads the manifest.
   *
   * @returns The manifest, or `undefined` where the stage is not complete.
   * @throws {FormatError} If the bytes are not a manifest, or one of other work.
   */
  async manifest(): Promise<Manifest | undefined> {
    const bytes = await this.read(MANIFEST);
    if (bytes === undefined) return undefined;
    const path = this.path(MANIFEST);
    const manifest = decodeManifest(bytes, path);
    if (manifest.fingerprint !== this.fingerprint) {
      throw new FormatError(
        `Cannot use "${path}" as its fingerprint must be ${this.fingerprint}: it is ${manifest.fingerprint}`,
        { path },
      );
    }
    return manifest;
  }

  /**
   * Reads the manifest of a stage that must be complete.
   *
   * @returns The manifest.
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
   * @param file Its entry in the manifest.
   * @returns Its bytes.
   * @throws {MissingArtifactError} If there is no such file.
   * @throws {DigestMismatchError} If its bytes have changed.
   */
  async readVerified(file: ManifestFile): Promise<Uint8Array> {
    const path = this.path(file.path);
    const bytes = await this.read(file.path);
    if (bytes === undefined) {
      const { stage } = this.work;
      throw new MissingArtifactError(
        `Cannot read "${path}" of stage "${stage}" as the manifest lists it: no such file`,
        { stage, path },
      );
    }
    const actual = await sha256(bytes);
    if (actual !== file.digest) {
      throw new DigestMismatchError(path, { expected: file.digest, actual });
    }
    return bytes;
  }

  /**
   * Compares the files with the manifest, cheaply: names, sizes and the headers
   * of shards; or, with `everyByte`, by their digests.
   *
   * @param manifest The manifest.
   * @param options Whether to read every byte.
   * @returns The files that are missing or damaged; none when all is well.
   */
  async check(
    manifest: Manifest,
    options: { everyByte: boolean },
  ): Promise<Damage[]> {
    const damaged: Damage[] = [];
    for (const file of manifest.files) {
      const reason = await this.#checkFile(file, options.everyByte);
      if (reason) damaged.push({ path: this.path(file.path), reason });
    }
    return damaged;
  }

  /** Says what is wrong with a file, if anything. */
  async #checkFile(
    file: ManifestFile,
    everyByte: boolean,
  ): Promise<string | undefined> {
    const path = this.path(file.path);
    const entry = await this.#store.stat(path);
    if (entry === undefined) return "no such file";
    if (entry.sizeBytes !== file.sizeBytes) {
      return `it has ${entry.sizeBytes} bytes, ${file.sizeBytes} were written`;
    }
    try {
      if (everyByte) await this.readVerified(file);
      else if (path.endsWith(".safetensors")) {
        await readHeader(this.#store, path);
      }
      return undefined;
    } catch (error) {
      if (error instanceof DigestMismatchError) {
        return `its bytes have changed since they were written`;
      }
      // A disk that cannot be read says nothing about the file.
      if (error instanceof FormatError) return error.message;
      throw error;
    }
  }
}

/**
 * Describes a file for the manifest.
 *
 * @param path Name of the file in the directory of the stage.
 * @param bytes Its bytes.
 * @param rows Samples it holds, for shards.
 * @returns The entry.
 */
export async function describeFile(
  path: string,
  bytes: Uint8Array,
  rows?: number,
): Promise<ManifestFile> {
  const digest = await sha256(bytes);
  return { path, sizeBytes: bytes.byteLength, digest, rows };
}
