import { assertEquals, assertThrows } from "@std/assert";
import {
  convertToFloat32,
  toFloat32,
  toInt32,
  toTensor,
} from "../../pipeline/artifact/tensor.ts";

Deno.test("toTensor() writes numbers little endian", () => {
  // Python: struct.pack("<f", 1.5), struct.pack("<i", -2)
  assertEquals(toTensor(new Float32Array([1.5]), [1]), {
    dtype: "F32",
    shape: [1],
    data: new Uint8Array([0x00, 0x00, 0xc0, 0x3f]),
  });
  assertEquals(toTensor(new Int32Array([-2]), [1, 1]), {
    dtype: "I32",
    shape: [1, 1],
    data: new Uint8Array([0xfe, 0xff, 0xff, 0xff]),
  });
  assertEquals(toTensor(new Uint8Array([7]), [1]), {
    dtype: "U8",
    shape: [1],
    data: new Uint8Array([7]),
  });
});

Deno.test("toTensor() takes the part that a view shows, without a copy", () => {
  const all = new Float32Array([1, 2, 3]);
  const tensor = toTensor(all.subarray(1, 2), [1]);
  all[1] = 4;
  assertEquals([...toFloat32(tensor, "a")], [4]);
});

Deno.test.each([0, 1, 2, 3])(
  "toFloat32() and toInt32() read data that starts at address %s of 4",
  (shift) => {
    const bytes = new Uint8Array(shift + 8);
    bytes.set([0x00, 0x00, 0xc0, 0x3f, 0xfe, 0xff, 0xff, 0xff], shift);
    const data = (start: number) =>
      bytes.subarray(shift + start, shift + start + 4);
    const float = { dtype: "F32", shape: [1], data: data(0) } as const;
    const int = { dtype: "I32", shape: [1], data: data(4) } as const;
    assertEquals([...toFloat32({ ...float, shape: [1] }, "a")], [1.5]);
    assertEquals([...toInt32({ ...int, shape: [1] }, "a")], [-2]);
  },
);

Deno.test("toFloat32() and toInt32() throw when the dtype is another", () => {
  const bytes = toTensor(new Uint8Array(4), [4]);
  assertThrows(
    () => toFloat32(bytes, "embedding"),
    TypeError,
    'Cannot read tensor "embedding" as F32: it is U8',
  );
  assertThrows(
    () => toInt32(bytes, "label"),
    TypeError,
    'Cannot read tensor "label" as I32: it is U8',
  );
});

Deno.test("convertToFloat32() widens F16, subnormal and special numbers too", () => {
  // IEEE 754: 2^-24, 2^-14, 65504, infinity, NaN.
  const halves = Uint16Array.of(0x0001, 0x0400, 0x7bff, 0xfc00, 0x7e00);
  const data = new Uint8Array(halves.buffer);
  const tensor = { dtype: "F16", shape: [5], data } as const;
  assertEquals(
    [...convertToFloat32({ ...tensor, shape: [5] }, "x", "f")],
    [2 ** -24, 2 ** -14, 65504, -Infinity, NaN],
  );
});

Deno.test("convertToFloat32() reads F64 at any address", () => {
  const bytes = new Uint8Array(17);
  new DataView(bytes.buffer).setFloat64(1, 0.1, true);
  new DataView(bytes.buffer).setFloat64(9, -3, true);
  const data = bytes.subarray(1);
  const numbers = convertToFloat32(
    { dtype: "F64", shape: [2], data },
    "x",
    "f",
  );
  assertEquals([...numbers], [Math.fround(0.1), -3]);
});
