/**
 * Findings by kind, the strongest of each.
 *
 * @module
 */

import type { Finding, FindingKind } from "../findings/finding.ts";
import { Largest } from "./largest.ts";

/** Most findings of a kind that are shown. */
export const SHOWN_FINDINGS = 24;

/** The kinds, in the order in which they are shown: what harms most comes first. */
export const FINDING_KINDS: readonly FindingKind[] = [
  "copy",
  "near-copy",
  "label",
  "outlier",
  "small-class",
];

/** Findings of a kind. */
export interface FindingGroup {
  /** The kind. */
  kind: FindingKind;
  /** How many there are. */
  total: number;
  /** The strongest. */
  strongest: Finding[];
}

/**
 * Groups findings that come one at a time.
 *
 * @param findings The findings, in any order.
 * @returns The kinds that there are any of, in the order of {@linkcode FINDING_KINDS}.
 */
export async function groupFindings(
  findings: AsyncIterable<Finding> | Iterable<Finding>,
): Promise<FindingGroup[]> {
  const totals = new Map<FindingKind, number>();
  const strongest = new Map(FINDING_KINDS.map((kind) => [
    kind,
    new Largest<Finding>(SHOWN_FINDINGS, (a, b) => b.score - a.score),
  ]));
  for await (const finding of findings) {
    const { kind } = finding;
    totals.set(kind, (totals.get(kind) ?? 0) + 1);
    strongest.get(kind)!.add(finding);
  }
  return FINDING_KINDS.flatMap((kind) => {
    const total = totals.get(kind);
    return total === undefined
      ? []
      : [{ kind, total, strongest: strongest.get(kind)!.values }];
  });
}
