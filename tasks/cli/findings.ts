/** What findings say to people. */

import type { EvaluateFindings, Finding, FindingKind } from "../../mod.ts";
import { printable } from "../../pipeline/shown_text.ts";

/** Findings of a kind that are shown: the strongest. */
const SHOWN = 3;

/** Of a kind: the key of its count, and what it is called. */
const KINDS: Record<FindingKind, { key: string; title: string }> = {
  "copy": { key: "copies", title: "copies" },
  "near-copy": { key: "nearCopies", title: "near-copies" },
  "label": { key: "labels", title: "labels worth a look" },
  "outlier": { key: "outliers", title: "far from every class" },
  "small-class": { key: "smallClasses", title: "small classes" },
};

/** Shows one finding in a few words. */
function renderOne({ kind, photos, suggested, message }: Finding): string {
  const paths = photos.slice(0, 2).map(({ path }) => printable(path));
  switch (kind) {
    case "copy":
    case "near-copy":
      return paths.join(" and ");
    case "label":
      return `${paths[0]} (${printable(suggested!)}?)`;
    case "outlier":
      return paths[0]!;
    case "small-class":
      return printable(message);
    default:
      return kind satisfies never;
  }
}

/** Shows how many of a kind there are, and the strongest. */
function renderKind(
  kind: FindingKind,
  { counts, list }: EvaluateFindings,
): string[] {
  const { key, title } = KINDS[kind];
  const total = counts[key] ?? 0;
  if (total === 0) return [];
  const own = list.filter((finding) => finding.kind === kind);
  const across = own.filter(({ acrossSplits }) => acrossSplits).length;
  // The last one says it of the whole list.
  const precision = own.at(-1)?.precision;
  const part = across > 0
    ? ` (${across} across splits)`
    : precision !== undefined
    ? ` (about ${Math.round(precision * own.length)} wrong)`
    : "";
  const shown = own.slice(0, SHOWN).map(renderOne).join(", ");
  return [`    ${title} ${total}${part}: ${shown}`];
}

/** Renders findings, a line a kind. */
export function renderFindings(
  findings: EvaluateFindings,
  path: string,
): string[] {
  const kinds = Object.keys(KINDS) as FindingKind[];
  const lines = kinds.flatMap((kind) => renderKind(kind, findings));
  if (lines.length === 0) return ["  findings: none"];
  return [`  findings, the strongest of each kind; more in ${path}:`, ...lines];
}
