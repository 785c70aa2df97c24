import { assertEquals } from "@std/assert";
import type {
  ChangedPhoto,
  ComparedRun,
  Comparison,
  RunScores,
} from "../../../mod.ts";
import { renderComparison } from "../../../tasks/cli/comparison.ts";

const SCORES: RunScores = {
  top1: 0.6,
  top5: 1,
  loss: 1.25,
  macroF1: 0.5,
  kappa: null,
  ece: 0.125,
};

const FIRST: ComparedRun = {
  name: "one",
  scores: SCORES,
  top1Interval: [0.5, 0.75],
  difference: null,
  unmatched: { count: 0, paths: [] },
  renamed: 0,
};

/** A photo that the other run takes for a tulip. */
const PHOTO: ChangedPhoto = {
  path: "a\n.jpg",
  digest: "0".repeat(64),
  record: 1,
  before: { true: "rose", predicted: "rose", probability: 0.75 },
  after: { true: "rose", predicted: "tulip", probability: 0.5 },
};

const COMPARISON: Comparison = {
  split: "test",
  photos: 10,
  level: 0.05,
  runs: [FIRST, {
    ...FIRST,
    name: "two",
    difference: {
      top1: 0.1,
      top5: -0.00001,
      loss: -0.25,
      macroF1: 0,
      kappa: null,
      ece: 0.00001,
    },
    unmatched: { count: 2, paths: ["x", "y"] },
    renamed: 1,
  }],
  pairs: [{
    run: "two",
    bothRight: 3,
    bothWrong: 2,
    p: 0.0625,
    verdict: "no difference",
    changed: {
      lost: { count: 5, photos: Array(5).fill(PHOTO) },
      won: { count: 1, photos: [PHOTO] },
      moved: {
        count: 1,
        photos: [{ ...PHOTO, after: { ...PHOTO.after, true: "fern" } }],
      },
    },
    relabelled: 1,
    lostClasses: [{ name: "rose", support: 4, before: 1, after: 0.5 }],
    wonClasses: [],
    ownClasses: { before: ["fern"], after: ["moss"] },
  }],
  settings: [
    { setting: "epochs", values: [60, 70] },
    { setting: "data", values: [null, "/a\tb"] },
  ],
};

Deno.test("renderComparison() shows everything that is to be known", () => {
  const photo = "      a\\u{a}.jpg (rose): rose 75.0 %, now tulip 50.0 %";
  assertEquals(renderComparison(COMPARISON).join("\n").split("\n"), [
    "compare: 10 photos of split test",
    "  2 photos of two not compared, as not every run has them",
    "  1 photo of two with another path, by their bytes",
    "",
    "                   one               two",
    "  ---------------  ----------------  ----------------",
    "  top-1            60.0 %            60.0 % (+10.0)",
    "    95 % interval  50.0 % to 75.0 %  50.0 % to 75.0 %",
    "  top-5            100.0 %           100.0 % (0.0)",
    "  loss             1.2500            1.2500 (-0.2500)",
    "  macro F1         0.5000            0.5000 (0.0000)",
    "  kappa            -                 -",
    "  ECE              0.1250            0.1250 (0.0000)",
    "",
    "  two compared with one: no difference",
    "    both right 3, both wrong 2, won 1, lost 5",
    "    classes of one alone: fern",
    "    classes of two alone: moss",
    "    1 photo of another class in two: each run is judged by its own classes",
    "    recall lost: rose 100.0 % to 50.0 %",
    "    right before, wrong now: 5 photos",
    photo,
    photo,
    photo,
    "      … and 2 more",
    "    wrong before, right now: 1 photo",
    photo,
    "    wrong in both, as different classes: 1 photo",
    "      a\\u{a}.jpg (rose, now fern): rose 75.0 %, now tulip 50.0 %",
    "",
    "  setting  one  two",
    "  -------  ---  --------",
    "  epochs   60   70",
    "  data     -    /a\\u{9}b",
  ]);
});

Deno.test("renderComparison() says that all settings are the same", () => {
  const lines = renderComparison({ ...COMPARISON, settings: [] });
  assertEquals(lines.at(-1), "  all settings are the same");
});
