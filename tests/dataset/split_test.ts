import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { sha256 } from "../../pipeline/artifact/digest.ts";
import {
  assignSplit,
  parseSplit,
  SPLITS,
} from "../../pipeline/dataset/split.ts";

/** A digest whose leading 48 bits put it at `position` of the unit interval. */
function digestAt(position: number): string {
  return (position * 2 ** 48).toString(16).padStart(12, "0").padEnd(64, "0");
}

Deno.test.each([
  [0, "test"],
  [0.25 - 2 ** -48, "test"],
  [0.25, "validation"],
  [0.75 - 2 ** -48, "validation"],
  [0.75, "train"],
  [1 - 2 ** -48, "train"],
])("assignSplit() maps position %s to %s", (position, expected) => {
  const holdOut = { validation: 0.5, test: 0.25 };
  assertEquals(assignSplit(digestAt(position), holdOut), expected);
});

Deno.test("assignSplit() holds out nothing when the shares are 0", () => {
  const holdOut = { validation: 0, test: 0 };
  assertEquals(assignSplit("0".repeat(64), holdOut), "train");
});

Deno.test("assignSplit() holds out the shares that were asked for", async () => {
  const counts = { train: 0, validation: 0, test: 0 };
  const images = 2000;
  for (let i = 0; i < images; i++) {
    const digest = await sha256(new TextEncoder().encode(`photo ${i}`));
    counts[assignSplit(digest, { validation: 0.2, test: 0.1 })]++;
  }
  // Three standard deviations of a binomial share of 0.2 in 2000.
  const tolerance = 3 * Math.sqrt(0.2 * 0.8 / images);
  assertAlmostEquals(counts.validation / images, 0.2, tolerance);
  assertAlmostEquals(counts.test / images, 0.1, tolerance);
});

Deno.test.each([[0.5, 0.5], [-0.1, 0], [0, -0.1], [NaN, 0]])(
  "assignSplit() throws when validation is %s and test %s",
  (validation, test) => {
    assertThrows(
      () => assignSplit("0".repeat(64), { validation, test }),
      RangeError,
      `Cannot assign a split as validation + test must be in [0, 1): current values are ${validation} and ${test}`,
    );
  },
);

Deno.test.each(["", "00", "A".repeat(64), "0".repeat(65)])(
  'assignSplit() throws when the digest is "%s"',
  (digest) => {
    assertThrows(
      () => assignSplit(digest, { validation: 0, test: 0 }),
      SyntaxError,
      `Cannot assign a split as digest must be 64 hex characters: current value is "${digest}"`,
    );
  },
);

Deno.test("parseSplit() knows the names that people use, and no other", () => {
  const names = ["train", "val", "valid", "validation", "test", "Train", ""];
  assertEquals(names.map(parseSplit), [
    "train",
    "validation",
    "validation",
    "validation",
    "test",
    undefined,
    undefined,
  ]);
});

Deno.test("SPLITS are in the order in which they are processed", () => {
  assertEquals(SPLITS, ["train", "validation", "test"]);
});
