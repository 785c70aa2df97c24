/** The rows of a list, whatever its format. */

/** A row as it is in the file. */
export type ListRow = Readonly<Record<string, unknown>>;

/** The rows of a list. */
export interface ListTable {
  /** Names of its columns; of JSON Lines, all that any row has. */
  columns: string[];
  /** The rows; what is no object has no columns. */
  rows: (ListRow | null)[];
}
