/** A complete stage, as other stages read it. */

import { FormatError } from "../errors.ts";
import { MANIFEST, type Manifest, type ManifestFile } from "./manifest.ts";
import { StageFiles } from "./stage_files.ts";
import type { Work } from "./fingerprint.ts";
import type { Store } from "./store.ts";

/** The files of a stage that is complete, by the names that its manifest lists. */
export class Artifact {
  /** Its files. */
  readonly files: StageFiles;
  /** Its manifest. */
  readonly manifest: Manifest;
  /** Counts of the work that completed it just now; `undefined` if it was complete before. */
  readonly tally: Readonly<Record<string, number>> | undefined;

  /** Describes a complete stage; nothing is read. */
  constructor(
    files: StageFiles,
    manifest: Manifest,
    tally?: Readonly<Record<string, number>>,
  ) {
    this.files = files;
    this.manifest = manifest;
    this.tally = tally;
  }

  /**
   * Finds what a piece of work has made.
   *
   * @returns The stage; `undefined` if it is not complete, or there is no such work.
   * @throws {FormatError} If its manifest is damaged.
   */
  static async find(
    store: Store,
    work: Work | undefined,
  ): Promise<Artifact | undefined> {
    const files = work && await StageFiles.open(store, work);
    const manifest = await files?.manifest();
    return files && manifest && new Artifact(files, manifest);
  }

  /** Whether it was complete before. */
  get skipped(): boolean {
    return this.tally === undefined;
  }

  /** The entries of its shards, in order. */
  get shards(): (ManifestFile & { rows: number })[] {
    return this.manifest.files.flatMap((file) =>
      file.rows === undefined ? [] : [{ ...file, rows: file.rows }]
    );
  }

  /**
   * Returns the entry of a file.
   *
   * @throws {FormatError} If the manifest does not list it, so that the manifest counts as damaged.
   */
  entry(name: string): ManifestFile {
    return findEntry(this.files, this.manifest, name);
  }

  /**
   * Reads a file whole, and checks every byte.
   *
   * @throws {MissingArtifactError} If it is gone.
   * @throws {DigestMismatchError} If its bytes have changed.
   */
  async read(name: string): Promise<Uint8Array> {
    return await this.files.readVerified(this.entry(name));
  }

  /**
   * Reads a file in parts; a byte that has changed is noticed at its end.
   *
   * @returns The parts, in order; each is valid until the next is read.
   */
  stream(name: string): AsyncIterable<Uint8Array> {
    return this.files.stream(this.entry(name));
  }
}

/**
 * Finds the entry of a file in a manifest.
 *
 * @throws {FormatError} If the manifest does not list the file.
 */
export function findEntry(
  files: StageFiles,
  manifest: Manifest,
  name: string,
): ManifestFile {
  const entry = manifest.files.find(({ path }) => path === name);
  if (entry !== undefined) return entry;
  const path = files.path(MANIFEST);
  throw new FormatError(
    `Cannot use "${path}" as it must list "${name}": it does not`,
    { path },
  );
}
