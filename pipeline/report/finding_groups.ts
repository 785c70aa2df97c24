/** Findings by kind, the strongest of each. */

import {
  compareFindings,
  type Finding,
  FINDING_COUNTS,
  FINDING_KINDS,
  type FindingKind,
} from "../findings/finding.ts";
import { Strongest } from "../findings/strongest.ts";

/** Most findings of a kind that are shown. */
const SHOWN_FINDINGS = 24;

/** Findings of a kind. */
export interface FindingGroup {
  kind: FindingKind;
  total: number;
  /** How many of them `findings.jsonl` has. */
  listed: number;
  strongest: Finding[];
  /** Expected share of wrong ones among all listed, for `label`; absent in findings before version 3. */
  precision?: number | undefined;
}

/**
 * Groups findings that come one at a time.
 *
 * @returns The kinds that there are any of, in the order of `FINDING_KINDS`; of each the strongest as `compareFindings` orders them.
 */
export async function groupFindings(
  findings: AsyncIterable<Finding> | Iterable<Finding>,
  counts: Readonly<Record<string, number>>,
): Promise<FindingGroup[]> {
  const kinds = new Map(FINDING_KINDS.map((kind) => [
    kind,
    new Strongest<Finding>(SHOWN_FINDINGS, compareFindings),
  ]));
  // They come in order: the last one says it of the whole list.
  let precision: number | undefined;
  for await (const finding of findings) {
    kinds.get(finding.kind)!.add(finding);
    precision = finding.precision ?? precision;
  }
  return [...kinds].flatMap(([kind, kept]) => {
    const { total: listed } = kept;
    const total = counts[FINDING_COUNTS[kind]] ?? listed;
    return listed === 0 ? [] : [{
      kind,
      total,
      listed,
      strongest: kept.list(),
      ...kind === "label" && { precision },
    }];
  });
}
