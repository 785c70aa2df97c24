import { assertEquals, assertThrows } from "@std/assert";
import {
  confusedPairs,
  confusionRows,
  countConfusion,
  encodeConfusion,
} from "../../pipeline/metrics/confusion.ts";

Deno.test("countConfusion() counts true labels by row and predictions by column", () => {
  const labels = Int32Array.of(0, 0, 0, 2, 2);
  const predictions = Int32Array.of(0, 1, 1, 2, 0);
  assertEquals(
    countConfusion(labels, { predictions, classCount: 3 }),
    Int32Array.of(1, 2, 0, 0, 0, 0, 1, 0, 1),
  );
});

Deno.test("countConfusion() throws when there are more labels than predictions", () => {
  const predictions = Int32Array.of(0);
  assertThrows(
    () => countConfusion(Int32Array.of(0, 1), { predictions, classCount: 2 }),
    RangeError,
    "Cannot compute metrics as there must be one label for each of 1 samples: there are 2",
  );
});

Deno.test("countConfusion() throws when a prediction is not the label of a class", () => {
  const predictions = Int32Array.of(0, 2);
  assertThrows(
    () => countConfusion(Int32Array.of(0, 1), { predictions, classCount: 2 }),
    RangeError,
    "Cannot compute metrics as labels must be in [0, 2): row 1 has 2",
  );
});

Deno.test("confusionRows() splits the counts by true label", () => {
  assertEquals(confusionRows(Int32Array.of(1, 2, 3, 4), 2), [[1, 2], [3, 4]]);
});

Deno.test("encodeConfusion() writes class names in the first row and column", () => {
  assertEquals(
    encodeConfusion([[2, 1], [0, 3]], ["cat", "dog"]),
    "true \\ predicted,cat,dog\r\ncat,2,1\r\ndog,0,3\r\n",
  );
});

Deno.test("encodeConfusion() quotes names when they hold commas, quotes or line breaks", () => {
  assertEquals(
    encodeConfusion([[1, 0, 0], [0, 1, 0], [0, 0, 1]], [
      "rose, red",
      'the "real" one',
      "two\nlines",
    ]),
    'true \\ predicted,"rose, red","the ""real"" one","two\nlines"\r\n' +
      '"rose, red",1,0,0\r\n"the ""real"" one",0,1,0\r\n"two\nlines",0,0,1\r\n',
  );
});

Deno.test("encodeConfusion() keeps a spreadsheet from running a name", () => {
  assertEquals(
    encodeConfusion([[1, 0], [0, 1]], ['=HYPERLINK("a")', "dog"]),
    `true \\ predicted,"'=HYPERLINK(""a"")",dog\r\n"'=HYPERLINK(""a"")",1,0\r\ndog,0,1\r\n`,
  );
});

Deno.test.each([
  [[[1, 0], [0, 1]], "2, 2"],
  [[[1, 0, 0], [0, 1], [0, 0, 1]], "3, 2, 3"],
] as [number[][], string][])(
  "encodeConfusion() throws when the matrix is %j",
  (rows, lengths) => {
    assertThrows(
      () => encodeConfusion(rows, ["a", "b", "c"]),
      RangeError,
      `Cannot write a confusion matrix of 3 classes: current rows have ${lengths} counts`,
    );
  },
);

const CONFUSION = [[9, 1, 0], [3, 0, 1], [0, 3, 5]];

Deno.test("confusedPairs() lists the largest counts first, and equal ones by label", () => {
  assertEquals(confusedPairs(CONFUSION, 10), [
    { label: 1, predicted: 0, count: 3, share: 0.75 },
    { label: 2, predicted: 1, count: 3, share: 0.375 },
    { label: 0, predicted: 1, count: 1, share: 0.1 },
    { label: 1, predicted: 2, count: 1, share: 0.25 },
  ]);
});

Deno.test("confusedPairs() stops at the limit, and lists nothing when all is right", () => {
  assertEquals(confusedPairs(CONFUSION, 1).length, 1);
  assertEquals(confusedPairs([[2, 0], [0, 0]], 10), []);
});
