/** Columns of a list: which one holds paths, which labels, which splits. */

import { closestString } from "@std/text/closest-string";
import { levenshteinDistance } from "@std/text/levenshtein-distance";
import { DatasetError } from "../errors.ts";
import { isImageName } from "./folder_layout.ts";

/** What a column holds. */
export type ColumnRole = "path" | "label" | "split";

/** Names of the columns, as the user gives them; `null` for the usual name. */
export type ListColumns = Readonly<Record<ColumnRole, string | null>>;

/** The usual names, the first that is there is taken; `file_name` is that of Hugging Face's `imagefolder`. */
export const USUAL_NAMES: Readonly<Record<ColumnRole, readonly string[]>> = {
  path: ["path", "file_name"],
  label: ["label"],
  split: ["split"],
};

/** Parts of other names that people give the columns. */
const MEANT: Readonly<Record<ColumnRole, RegExp>> = {
  path: /path|file|image|img|photo|picture/i,
  label: /label|class|categor|target|species/i,
  split: /split|set|fold/i,
};

/** Says which column may be meant: one of such a name, or one that is spelled nearly so. */
function suggest(
  role: ColumnRole,
  wanted: string,
  names: readonly string[],
): string {
  if (names.some(isImageName)) return "; is there no line of names above them?";
  const spelled = names.filter((name) =>
    levenshteinDistance(name.toLowerCase(), wanted.toLowerCase()) <=
      wanted.length / 2
  );
  const meant = spelled.length > 0
    ? closestString(wanted, spelled, { caseSensitive: false })
    : names.find((name) => MEANT[role].test(name));
  return meant === undefined ? "" : `; is it "${meant}"?`;
}

/**
 * Finds the columns of a list.
 *
 * @param file Name of the list, for errors.
 * @returns The name of each column; `undefined` for a list without splits.
 * @throws {DatasetError} If a column that was chosen or is needed is not there.
 */
export function findColumns(
  names: readonly string[],
  chosen: ListColumns,
  file: string,
): { path: string; label: string; split: string | undefined } {
  const find = (role: ColumnRole) => {
    const name = chosen[role];
    const usual = name === null ? USUAL_NAMES[role] : [name];
    return usual.find((wanted) => names.includes(wanted));
  };
  const require = (role: ColumnRole) => {
    const found = find(role);
    if (found !== undefined) return found;
    const wanted = chosen[role] ?? role;
    const has = names.map((name) => `"${name}"`).join(", ") || "none";
    const meant = suggest(role, wanted, names);
    throw new DatasetError(
      `Cannot use "${file}" as it must have a column "${wanted}", or --${role}-column must name another: its columns are ${has}${meant}`,
    );
  };
  return {
    path: require("path"),
    label: require("label"),
    split: chosen.split === null ? find("split") : require("split"),
  };
}
