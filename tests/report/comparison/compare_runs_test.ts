import { assertEquals } from "@std/assert";
import { shareInterval } from "../../../pipeline/metrics/binomial.ts";
import {
  compareRuns,
  type RunInput,
} from "../../../pipeline/report/comparison/compare_runs.ts";
import { type Brief, digestOf, tableOf } from "./support.ts";

/** A run. */
function runOf(
  name: string,
  briefs: readonly Brief[],
  options: Partial<{ classNames: string[]; settings: RunInput["settings"] }> =
    {},
): RunInput {
  const { classNames, settings = {} } = options;
  return {
    name,
    table: tableOf(briefs, classNames),
    settings,
  };
}

const FIRST: Brief[] = [
  [1, "a", "a"],
  [2, "a", "a"],
  [3, "b", "a"],
  [4, "b", "c"],
  [5, "c", "a"],
  [6, "c", "b"],
];

const OTHER: Brief[] = [
  [6, "c", "b", 0.5],
  [5, "c", "b", 0.5],
  [4, "b", "b", 0.5],
  [3, "b", "b", 0.875],
  [2, "a", "c", 0.5],
  [1, "a", "a", 0.5],
];

Deno.test("compareRuns() sorts photos by how they have changed, the surest first", () => {
  const { photos, runs, pairs, level, settings, split } = compareRuns([
    runOf("one", FIRST),
    runOf("two", OTHER),
  ], "test")!;
  assertEquals({ photos, level, settings, split }, {
    photos: 6,
    level: 0.05,
    settings: [],
    split: "test",
  });
  assertEquals(runs.map(({ name, scores }) => [name, scores.top1]), [
    ["one", 2 / 6],
    ["two", 3 / 6],
  ]);
  assertEquals(runs[0]!.difference, null);
  assertEquals(runs[1]!.difference!.top1, 3 / 6 - 2 / 6);
  assertEquals(runs[1]!.top1Interval, shareInterval(3, 6));
  const [{ changed, ...pair }] = pairs as [typeof pairs[number]];
  assertEquals(pair, {
    run: "two",
    bothRight: 1,
    bothWrong: 2,
    p: 1,
    verdict: "no difference beyond chance (p = 1.0)",
    relabelled: 0,
    lostClasses: [{ name: "a", support: 2, before: 1, after: 0.5 }],
    wonClasses: [{ name: "b", support: 2, before: 0, after: 1 }],
    ownClasses: { before: [], after: [] },
  });
  assertEquals(
    Object.entries(changed).map(([kind, { count, photos }]) => [
      kind,
      count,
      ...photos.map(({ path }) => path),
    ]),
    [
      ["lost", 1, "2.jpg"],
      ["won", 2, "3.jpg", "4.jpg"],
      ["moved", 1, "5.jpg"],
    ],
  );
  assertEquals(changed.lost.photos, [{
    path: "2.jpg",
    digest: digestOf(2),
    record: 20,
    before: { true: "a", predicted: "a", probability: 0.75 },
    after: { true: "a", predicted: "c", probability: 0.5 },
  }]);
});

Deno.test("compareRuns() counts and lists what some runs lack, and compares the rest", () => {
  const { photos, runs, pairs, level } = compareRuns([
    runOf("one", FIRST),
    runOf("two", OTHER.slice(0, 4)),
    runOf("three", [...OTHER.slice(1), [9, "a", "a"], [8, "a", "a"]]),
  ], "test")!;
  assertEquals(photos, 3);
  assertEquals(
    runs.map(({ unmatched: { count, paths } }) => [count, ...paths]),
    [
      [3, "1.jpg", "2.jpg", "6.jpg"],
      [1, "6.jpg"],
      [4, "2.jpg", "1.jpg", "9.jpg", "8.jpg"],
    ],
  );
  assertEquals(pairs.map(({ run }) => run), ["two", "three"]);
  assertEquals(level, 0.025);
});

Deno.test("compareRuns() compares classes by their names", () => {
  const names = { classNames: ["d", "b", "a"] };
  const renamed: Brief[] = [
    [1, "a", "a"],
    [2, "a", "b"],
    [3, "b", "b"],
    [4, "b", "b"],
    [5, "d", "d"],
    [6, "d", "b"],
  ];
  const [pair] = compareRuns([
    runOf("one", FIRST),
    runOf("two", renamed, names),
  ], "test")!.pairs;
  assertEquals(pair!.ownClasses, { before: ["c"], after: ["d"] });
  assertEquals(pair!.relabelled, 2);
  assertEquals(
    [pair!.wonClasses, pair!.lostClasses].map((list) =>
      list.map(({ name }) => name)
    ),
    [["b"], ["a"]],
  );
  const won = pair!.changed.won.photos.map(({ path }) => path);
  assertEquals(won, ["3.jpg", "4.jpg", "5.jpg"]);
});

Deno.test("compareRuns() names the settings in which runs differ", () => {
  const settings = { epochs: 60, seed: 0, data: null };
  const { settings: differences } = compareRuns([
    runOf("one", FIRST, { settings }),
    runOf("two", FIRST, { settings: { ...settings, epochs: 70 } }),
    runOf("three", FIRST, { settings: { ...settings, data: "/photos" } }),
  ], "test")!;
  assertEquals(differences, [
    { setting: "epochs", values: [60, 70, 60] },
    { setting: "data", values: [null, null, "/photos"] },
  ]);
});

Deno.test("compareRuns() finds nothing to compare where no photo is common", () => {
  const runs = [runOf("one", FIRST), runOf("two", [[9, "a", "a"]])];
  assertEquals(compareRuns(runs, "test"), undefined);
});

Deno.test("compareRuns() subtracts no number that is not defined", () => {
  const alone: Brief[] = [[1, "a", "a"]];
  const [, other] = compareRuns([
    runOf("one", alone),
    runOf("two", alone),
  ], "test")!.runs;
  assertEquals(other!.difference, {
    top1: 0,
    top5: null,
    loss: 0,
    macroF1: 0,
    kappa: null,
    ece: 0,
  });
});
