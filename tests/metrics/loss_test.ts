import { assertEquals, assertThrows } from "@std/assert";
import {
  checkLabels,
  countRows,
  crossEntropy,
  softmax,
} from "../../pipeline/metrics/loss.ts";

Deno.test("softmax() shares the probability between equal logits", () => {
  assertEquals(
    softmax(Float32Array.of(7, 7, 7, 7), 4),
    Float64Array.of(.25, .25, .25, .25),
  );
});

Deno.test("softmax() does not overflow when logits are far apart", () => {
  assertEquals(
    softmax(Float32Array.of(3e38, -3e38, 3e38), 3),
    Float64Array.of(.5, 0, .5),
  );
});

Deno.test("crossEntropy() is log C when all classes are equal", () => {
  const logits = new Float32Array(8).fill(-5);
  assertEquals(crossEntropy(logits, Int32Array.of(3, 0), 4), Math.log(4));
});

Deno.test("crossEntropy() is the distance of the logits when they are far apart", () => {
  const logits = Float32Array.of(1000, -1000, -1000, 1000);
  assertEquals(crossEntropy(logits, Int32Array.of(0, 1), 2), 0);
  assertEquals(crossEntropy(logits, Int32Array.of(0, 0), 2), 1000);
});

Deno.test("crossEntropy() throws when a logit is not a number", () => {
  assertThrows(
    () => crossEntropy(Float32Array.of(0, 1, NaN, 0), Int32Array.of(0, 0), 2),
    RangeError,
    "Cannot compute metrics as logits must be finite: row 1 has NaN for label 0",
  );
});

Deno.test("countRows() counts whole rows", () => {
  assertEquals(countRows(new Float32Array(6), 3), 2);
});

Deno.test("countRows() throws when there is no sample", () => {
  assertThrows(
    () => countRows(new Float32Array(0), 3),
    RangeError,
    "Cannot compute metrics as there must be at least one sample: there are 0",
  );
});

Deno.test("countRows() throws when a row is not whole", () => {
  assertThrows(
    () => countRows(new Float32Array(7), 3),
    RangeError,
    "Cannot read logits as rows of 3 classes: there are 7 numbers",
  );
});

Deno.test.each([0, -1, 1.5, NaN])(
  "countRows() throws when the number of classes is %s",
  (classCount) => {
    assertThrows(
      () => countRows(new Float32Array(6), classCount),
      RangeError,
      `Cannot read logits as the number of classes must be a positive integer: current value is ${classCount}`,
    );
  },
);

Deno.test.each([NaN, Infinity, -Infinity])(
  "countRows() names the row when a logit is %s",
  (logit) => {
    assertThrows(
      () => countRows(Float32Array.of(0, 1, 2, 3, 4, logit, NaN, NaN), 2),
      RangeError,
      `Cannot compute metrics as logits must be finite: row 2 has ${logit} for label 1`,
    );
  },
);

Deno.test("checkLabels() throws when a label is missing", () => {
  assertThrows(
    () => checkLabels(Int32Array.of(0), { samples: 2, classCount: 3 }),
    RangeError,
    "Cannot compute metrics as there must be one label for each of 2 samples: there are 1",
  );
});

Deno.test.each([-1, 3])(
  "checkLabels() names the row when a label is %s",
  (label) => {
    assertThrows(
      () => checkLabels(Int32Array.of(0, label), { samples: 2, classCount: 3 }),
      RangeError,
      `Cannot compute metrics as labels must be in [0, 3): row 1 has ${label}`,
    );
  },
);
