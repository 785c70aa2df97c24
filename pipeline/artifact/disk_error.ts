/** The error of a disk. */

/** A disk takes no file: it is full, or may not be written. */
export class DiskError extends Error {
  /** Name of the error. */
  override name = "DiskError";
  /** Absolute path of the file. */
  readonly path: string;
  /** Bytes that the file needs, as far as they were known. */
  readonly neededBytes: number;
  /** Bytes that were free, or `undefined` where the disk does not say. */
  readonly freeBytes: number | undefined;

  /** Creates the error. */
  constructor(
    message: string,
    options: ErrorOptions & {
      path: string;
      neededBytes: number;
      freeBytes: number | undefined;
    },
  ) {
    super(message, options);
    this.path = options.path;
    this.neededBytes = options.neededBytes;
    this.freeBytes = options.freeBytes;
  }
}
