import { assertEquals, assertThrows } from "@std/assert";
import { FormatError } from "../../../pipeline/errors.ts";
import {
  countBytes,
  decodeShape,
} from "../../../pipeline/weights/formats/protobuf_tensor.ts";
import { concat, integer, message, shapeOf, text } from "./sstable_support.ts";

Deno.test("decodeShape() reads sizes, and passes over their names", () => {
  const named = message(2, integer(1, 3), message(2, text("height")));
  const bytes = concat(named, message(2), shapeOf(2 ** 40));
  assertEquals(decodeShape(bytes, "w", "x"), [3, 0, 2 ** 40]);
  assertEquals(decodeShape(new Uint8Array(), "w", "x"), []);
  assertEquals(decodeShape(integer(3, 0), "w", "x"), []);
});

Deno.test.each([
  [
    "a size is negative",
    shapeOf(2, -1),
    'each dimension of tensor "w" must be at least 0: dimension 1 is -1',
  ],
  [
    "there are nine sizes",
    shapeOf(...Array(9).fill(1)),
    'tensor "w" must have at most 8 dimensions: it has more',
  ],
  [
    "the rank is unknown",
    integer(3, 1),
    'the shape of tensor "w" must be known: it is not',
  ],
])("decodeShape() throws if %s", (_name, bytes, message) => {
  assertThrows(
    () => decodeShape(bytes, "w", "x"),
    FormatError,
    `Cannot read "x" as a TensorFlow checkpoint as ${message}`,
  );
});

Deno.test("countBytes() multiplies", () => {
  assertEquals(countBytes("F32", [3, 3, 2]), 72);
  assertEquals(countBytes("I64", []), 8);
  assertEquals(countBytes("F16", [5, 0]), 0);
});
