import { assertEquals } from "@std/assert";
import type { EvaluateFindings, Finding } from "../../../mod.ts";
import { renderFindings } from "../../../tasks/cli/findings.ts";

/** Photos by their paths. */
function photos(...paths: string[]): Finding["photos"] {
  return paths.map((path, record) => (
    { record, path, split: "train", class: "ash" }
  ));
}

/** A finding whose score and message do not matter. */
function finding(
  kind: Finding["kind"],
  paths: string[],
  options: Partial<Finding> = {},
): Finding {
  return {
    kind,
    photos: photos(...paths),
    score: 1,
    message: "what it is",
    ...options,
  };
}

Deno.test("renderFindings() shows the strongest of each kind", () => {
  const labels = ["a", "b\n", "c", "d"].map((path) =>
    finding("label", [path], { suggested: "oak\t", precision: 0.45 })
  );
  const findings: EvaluateFindings = {
    path: "findings.jsonl",
    counts: {
      copies: 2,
      nearCopies: 1,
      labels: 5,
      outliers: 1,
      smallClasses: 1,
      photos: 9,
    },
    list: [
      finding("copy", ["a", "b", "c"], { acrossSplits: true }),
      finding("copy", ["d", "e"], { acrossSplits: false }),
      finding("near-copy", ["f", "g"], { acrossSplits: false }),
      ...labels,
      finding("outlier", ["h"]),
      finding("small-class", [], { message: 'none of "ash\n"' }),
    ],
  };
  assertEquals(renderFindings(findings, "work/findings.jsonl"), [
    "  findings, the strongest of each kind; more in work/findings.jsonl:",
    "    copies 2 (1 across splits): a and b, d and e",
    "    near-copies 1: f and g",
    "    labels worth a look 5 (about 2 wrong): a (oak\\u{9}?), b\\u{a} (oak\\u{9}?), c (oak\\u{9}?)",
    "    far from every class 1: h",
    '    small classes 1: none of "ash\\u{a}"',
  ]);
});

Deno.test("renderFindings() says so when there are none", () => {
  const findings = { path: "", counts: { copies: 0, photos: 9 }, list: [] };
  assertEquals(renderFindings(findings, "p"), ["  findings: none"]);
});
