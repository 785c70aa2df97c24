import { assertEquals } from "@std/assert";
import { compareRounds, meetsTarget, type Target } from "./bench_row.ts";

Deno.test("compareRounds() takes the median of the ratios of each round", () => {
  const row = compareRounds("a / b", {
    ours: [10, 40, 30],
    peer: [5, 10, 30],
    unit: "images/s",
    target: { kind: "least", value: 2 },
    note: "n",
  });
  assertEquals(row, {
    figure: "a / b",
    ours: 30,
    peer: 10,
    ratio: 2,
    target: { kind: "least", value: 2 },
    unit: "images/s",
    runs: 3,
    spread: [1, 4],
    note: "n",
  });
});

Deno.test("compareRounds() has the other above the line if that is wanted", () => {
  const { ours, peer, ratio, spread } = compareRounds("b / a", {
    ours: [2, 4],
    peer: [10, 10],
    unit: "s",
    above: "peer",
  });
  assertEquals({ ours, peer, ratio, spread }, {
    ours: 3,
    peer: 10,
    ratio: 3.75,
    spread: [2.5, 5],
  });
});

Deno.test("compareRounds() has no ratio where there is no other", () => {
  assertEquals(compareRounds("a", { ours: [3, 1, 2], unit: "s" }), {
    figure: "a",
    ours: 2,
    peer: null,
    ratio: null,
    target: null,
    unit: "s",
    runs: 3,
    spread: [1, 3],
    note: "",
  });
});

Deno.test.each<[Target["kind"], number, boolean]>([
  ["least", 2, true],
  ["least", 2.01, false],
  ["most", 2, true],
  ["most", 1.99, false],
])(
  "meetsTarget() of a ratio of 2, at %s %s, is %s",
  (kind, value, expected) => {
    const target = { kind, value };
    const rounds = { ours: [4], peer: [2], unit: "s", target };
    assertEquals(meetsTarget(compareRounds("a / b", rounds)), expected);
  },
);

Deno.test("meetsTarget() judges the figure itself where there is no ratio", () => {
  const target: Target = { kind: "most", value: 1.5 };
  const row = compareRounds("a", { ours: [1.6], unit: "s", target });
  assertEquals(meetsTarget(row), false);
});

Deno.test("meetsTarget() is null where nothing is demanded", () => {
  assertEquals(meetsTarget(compareRounds("a", { ours: [1], unit: "s" })), null);
});
