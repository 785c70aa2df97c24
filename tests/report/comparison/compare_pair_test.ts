import { assertEquals } from "@std/assert";
import { mcnemarExact } from "../../../pipeline/metrics/mcnemar.ts";
import { describeVerdict } from "../../../pipeline/report/comparison/compare_pair.ts";

Deno.test.each<[number, number, string]>([
  [0, 0, "two and one have the same photos right"],
  [5, 5, "no difference beyond chance (p = 1.0)"],
  [1, 4, "no difference beyond chance (p = 0.38)"],
  [
    9,
    1,
    "two is better than one, by more than chance would explain (p = 0.021)",
  ],
  [
    1,
    9,
    "two is worse than one, by more than chance would explain (p = 0.021)",
  ],
  [
    40,
    13,
    "two is better than one, by more than chance would explain (p = 2.7e-4)",
  ],
  [
    0,
    900,
    "two is worse than one, by more than chance would explain (p < 1e-12)",
  ],
])("describeVerdict() of %s won and %s lost is %j", (won, lost, words) => {
  const p = mcnemarExact(won, lost);
  const runs: [string, string] = ["one", "two"];
  assertEquals(describeVerdict({ p, won, lost, runs, level: 0.05 }), words);
});

Deno.test("describeVerdict() takes a p at the level for chance", () => {
  const tested = { p: 0.05, won: 9, lost: 1, level: 0.05 };
  const words = "no difference beyond chance (p = 0.050)";
  assertEquals(describeVerdict({ ...tested, runs: ["one", "two"] }), words);
});

Deno.test.each<[number, number, string]>([
  [0.0496, 0.05, "more than chance would explain (p = 0.0496)"],
  [0.0504, 0.05, "no difference beyond chance (p = 0.050)"],
  [0.02499, 0.025, "more than chance would explain (p = 0.02499)"],
  [0.0004999, 0.0005, "more than chance would explain (p = 4.999e-4)"],
])(
  "describeVerdict() shows on which side of the level p = %s is",
  (p, level, end) => {
    const runs: [string, string] = ["one", "two"];
    const words = describeVerdict({ p, won: 9, lost: 1, runs, level });
    assertEquals(words.slice(-end.length), end);
  },
);
