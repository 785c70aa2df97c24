/**
 * Errors that a caller can distinguish and act on.
 *
 * Wrong arguments are `TypeError`, `RangeError` or `SyntaxError`; these are for
 * what the outside world does: files that are damaged or missing, engines that
 * are not available, photos that are no dataset.
 *
 * Messages quote names and values of files, however long; each is shortened.
 */

/** Characters of a message before its middle is left out. */
const MOST_CHARACTERS = 2000;

/**
 * Leaves out the middle of a message that is too long to read.
 *
 * @returns At most some 2,000 characters: its start and its end.
 */
export function shorten(text: string): string {
  if (text.length <= MOST_CHARACTERS) return text;
  // With room for what stands between, so that a shortened text stays as it is.
  const half = MOST_CHARACTERS / 2 - 50;
  const left = text.length - 2 * half;
  const [start, end] = [text.slice(0, half), text.slice(-half)];
  return `${start}… (${left} characters left out) …${end}`.toWellFormed();
}

/** Bytes are not what their format says. Permanent: reading again does not help. */
export class FormatError extends SyntaxError {
  /** Name of the error, for messages and for `instanceof` across workers. */
  override name = "FormatError";
  /** File that holds the bytes. */
  readonly path: string;
  /** Position of the first wrong byte, counted from the start of the file. */
  readonly byteOffset: number;

  /** Creates the error. */
  constructor(
    message: string,
    options: ErrorOptions & { path: string; byteOffset?: number },
  ) {
    super(shorten(message), options);
    this.path = options.path;
    this.byteOffset = options.byteOffset ?? 0;
  }
}

/** Bytes of an artifact have changed since they were written. */
export class DigestMismatchError extends Error {
  /** Name of the error. */
  override name = "DigestMismatchError";
  /** File whose bytes have changed. */
  readonly path: string;
  /** SHA-256 that was recorded, in hex. */
  readonly expected: string;
  /** SHA-256 of the bytes that were found, in hex. */
  readonly actual: string;

  /** Creates the error. */
  constructor(path: string, digests: { expected: string; actual: string }) {
    super(
      shorten(
        `Cannot use "${path}" as its bytes have changed since they were written: SHA-256 was ${digests.expected}, is ${digests.actual}`,
      ),
    );
    this.path = path;
    this.expected = digests.expected;
    this.actual = digests.actual;
  }
}

/** A stage needs an artifact that another stage has not finished yet. */
export class MissingArtifactError extends Error {
  /** Name of the error. */
  override name = "MissingArtifactError";
  /** Stage that writes the artifact. */
  readonly stage: string;
  /** File that was looked for. */
  readonly path: string;

  /** Creates the error. */
  constructor(
    message: string,
    options: ErrorOptions & { stage: string; path: string },
  ) {
    super(shorten(message), options);
    this.stage = options.stage;
    this.path = options.path;
  }
}

/** A shard that is not there, and the part that makes it. */
export interface MissingShard {
  /** Path, relative to the work directory. */
  readonly path: string;
  /** The part, such as `1/4`; `null` where it is not known how many there are. */
  readonly part: string | null;
}

/** Parts, and shards of a part, that a message names before the rest is counted. */
const SHOWN = 8;

/** Joins the first few of some names, and says how many more there are. */
function listFirst(names: readonly string[], separator: string): string {
  const shown = names.slice(0, SHOWN).join(separator);
  const more = names.length - SHOWN;
  return more > 0 ? `${shown} and ${more} more` : shown;
}

/** Names shards by the part that makes them. */
function listShards(missing: readonly MissingShard[]): string {
  const parts = Map.groupBy(missing, ({ part }) => part);
  const lines = [...parts].map(([part, shards]) => {
    const names = listFirst(
      shards.map(({ path }) => path.slice(path.lastIndexOf("/") + 1)),
      ", ",
    );
    return part === null ? names : `part ${part}: ${names}`;
  });
  return listFirst(lines, "; ");
}

/** A stage cannot be sealed, as parts of it are not made. */
export class MissingShardsError extends Error {
  /** Name of the error. */
  override name = "MissingShardsError";
  /** Stage that the shards belong to. */
  readonly stage: string;
  /** The shards, in the order of the plan. */
  readonly missing: readonly MissingShard[];

  /** Creates the error. */
  constructor(stage: string, missing: readonly MissingShard[]) {
    super(
      `Cannot seal stage "${stage}" as all of its shards must be there: ${missing.length} are missing, ${
        listShards(missing)
      }`,
    );
    this.stage = stage;
    this.missing = missing;
  }
}

/** An engine is not available on this machine, or has stopped working. */
export class BackendUnavailableError extends Error {
  /** Name of the error. */
  override name = "BackendUnavailableError";
  /** The engine: `webgpu`, `cpu` or `wasm`. */
  readonly backend: string;
  /** Why it is not available. */
  readonly reason: string;

  /**
   * Creates the error.
   *
   * @param reason Why it is not available, as the end of a sentence.
   */
  constructor(backend: string, reason: string, options?: ErrorOptions) {
    super(shorten(`Cannot use engine "${backend}" as ${reason}`), options);
    this.backend = backend;
    this.reason = reason;
  }
}

/** The photos are not a dataset that a classifier can be trained on. */
export class DatasetError extends Error {
  /** Name of the error. */
  override name = "DatasetError";

  /** Creates the error. */
  constructor(message: string, options?: ErrorOptions) {
    super(shorten(message), options);
  }
}

/** A file is there and cannot be read. */
export class FileAccessError extends Error {
  /** Name of the error. */
  override name = "FileAccessError";
  /** Path of the file. */
  readonly path: string;
  /** Why, as the end of a sentence. */
  readonly reason: string;

  /** Creates the error. */
  constructor(path: string, reason: string, options?: ErrorOptions) {
    super(shorten(`Cannot read "${path}": ${reason}`), options);
    this.path = path;
    this.reason = reason;
  }
}

/** An object store cannot be reached, or refuses what is asked of it. */
export class ObjectStoreError extends Error {
  /** Name of the error. */
  override name = "ObjectStoreError";
}

/** Bytes are not an image that can be decoded; the reason is for people. */
export class ImageError extends Error {
  /** Name of the error. */
  override name = "ImageError";

  /** Creates the error. */
  constructor(message: string, options?: ErrorOptions) {
    super(shorten(message), options);
  }
}

/**
 * An image that was not decoded in time: its decoder hangs, or this machine is too
 * busy. Another try may decode it.
 */
export class LateImageError extends ImageError {
  /** Name of the error. */
  override name = "LateImageError";

  /**
   * Creates the error.
   *
   * @param limitMs The time it had, in milliseconds.
   */
  constructor(limitMs: number) {
    super(`it was not decoded in ${Math.ceil(limitMs / 1000)} s`);
  }
}

/** A setting has a value that is not allowed, or a name that does not exist. */
export class ConfigError extends Error {
  /** Name of the error. */
  override name = "ConfigError";
  /** The setting, in the words of the configuration file. */
  readonly setting: string;

  /** Creates the error. */
  constructor(message: string, setting: string) {
    super(shorten(message));
    this.setting = setting;
  }
}
