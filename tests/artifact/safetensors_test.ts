import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { decodeHex, encodeHex } from "@std/encoding/hex";
import {
  decodeSafetensors,
  encodeSafetensors,
  type Tensor,
} from "../../pipeline/artifact/safetensors.ts";
import { toFloat32, toTensor } from "../../pipeline/artifact/tensor.ts";
import { HAS_SHARED, readReference } from "../support/fixtures.ts";

const FLOAT = toTensor(new Float32Array([1.5, -2]), [2]);
const BYTES = toTensor(new Uint8Array([1, 2, 3]), [3, 1]);

Deno.test("encodeSafetensors() writes a header that data follows at a multiple of 8", () => {
  const bytes = encodeSafetensors({ b: BYTES, a: FLOAT }, { z: "1", y: "é" });
  const header =
    '{"__metadata__":{"y":"é","z":"1"},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"U8","shape":[3,1],"data_offsets":[8,11]}}';
  const text = new TextEncoder().encode(header);
  const padded = Math.ceil(text.length / 8) * 8;
  assertEquals(bytes.length, 8 + padded + 11);
  const view = new DataView(bytes.buffer);
  assertEquals(view.getBigUint64(0, true), BigInt(padded));
  assertEquals(
    new TextDecoder().decode(bytes.subarray(8, 8 + padded)),
    header + " ".repeat(padded - text.length),
  );
  assertEquals(
    encodeHex(bytes.subarray(8 + padded)),
    "0000c03f000000c0" + "010203",
  );
});

Deno.test("encodeSafetensors() gives the same bytes whatever order names were set in", () => {
  assertEquals(
    encodeSafetensors({ a: FLOAT, b: BYTES }, { y: "2", z: "1" }),
    encodeSafetensors({ b: BYTES, a: FLOAT }, { z: "1", y: "2" }),
  );
});

Deno.test("encodeSafetensors() puts large elements first, so that each is aligned", () => {
  const tensors: Record<string, Tensor> = {
    a: BYTES,
    b: { dtype: "F16", shape: [1], data: new Uint8Array(2) },
    c: FLOAT,
    d: { dtype: "I64", shape: [1], data: new Uint8Array(8) },
  };
  const { tensors: decoded } = decodeSafetensors(
    encodeSafetensors(tensors),
    "x",
  );
  assertEquals([...decoded.keys()], ["d", "c", "b", "a"]);
  assertEquals(Object.fromEntries(decoded), tensors);
});

Deno.test("encodeSafetensors() throws when data has not the size of its shape", () => {
  assertThrows(
    () => encodeSafetensors({ a: { ...FLOAT, shape: [2, 2] } }),
    RangeError,
    'Cannot encode tensor "a" as F32 [2,2] takes 16 bytes: 8 were given',
  );
});

Deno.test("decodeSafetensors() reads what encodeSafetensors() wrote", () => {
  const empty = toTensor(new Float32Array(0), [0, 5]);
  const scalar = toTensor(new Float32Array([7]), []);
  const tensors = { a: FLOAT, b: BYTES, "layer3.22 ü": empty, s: scalar };
  const file = decodeSafetensors(encodeSafetensors(tensors, { k: "v" }), "x");
  assertEquals(Object.fromEntries(file.tensors), tensors);
  assertEquals(file.metadata, { k: "v" });
});

Deno.test("decodeSafetensors() reads a file without tensors", () => {
  const file = decodeSafetensors(encodeSafetensors({}), "x");
  assertEquals(file.tensors.size, 0);
  assertEquals(file.metadata, {});
});

Deno.test("decodeSafetensors() gives views, not copies", () => {
  const bytes = encodeSafetensors({ b: BYTES });
  const { tensors } = decodeSafetensors(bytes, "x");
  assertEquals(tensors.get("b")?.data.buffer, bytes.buffer);
});

Deno.test("decodeSafetensors() reads bytes that start inside a buffer", () => {
  const bytes = encodeSafetensors({ a: FLOAT });
  const shifted = new Uint8Array(bytes.length + 3);
  shifted.set(bytes, 3);
  const { tensors } = decodeSafetensors(shifted.subarray(3), "x");
  assertEquals([...toFloat32(tensors.get("a")!, "a")], [1.5, -2]);
});

Deno.test("decodeSafetensors() reads a file written by Python", () => {
  // header = json.dumps({"b": {"dtype": "I64", "shape": [1],
  //   "data_offsets": [6, 14]}, "a": {"dtype": "U8", "shape": [2, 3],
  //   "data_offsets": [0, 6]}, "__metadata__": {"format": "np", "é": "ü"}}).encode()
  // struct.pack("<Q", len(header)) + header + bytes([1, 2, 3, 4, 5, 6])
  //   + struct.pack("<q", -5)
  const bytes = decodeHex(
    "b3000000000000007b2262223a207b226474797065223a2022493634222c20227368" +
      "617065223a205b315d2c2022646174615f6f666673657473223a205b362c203134" +
      "5d7d2c202261223a207b226474797065223a20225538222c20227368617065223a" +
      "205b322c20335d2c2022646174615f6f666673657473223a205b302c20365d7d2c" +
      "20225f5f6d657461646174615f5f223a207b22666f726d6174223a20226e70222c" +
      "20225c7530306539223a20225c7530306663227d7d010203040506fbffffffffff" +
      "ffff",
  );
  const { tensors, metadata } = decodeSafetensors(bytes, "python");
  assertEquals(metadata, { format: "np", "é": "ü" });
  assertEquals(Object.fromEntries(tensors), {
    a: {
      dtype: "U8",
      shape: [2, 3],
      data: new Uint8Array([1, 2, 3, 4, 5, 6]),
    },
    b: {
      dtype: "I64",
      shape: [1],
      data: new Uint8Array([251, 255, 255, 255, 255, 255, 255, 255]),
    },
  });
});

Deno.test({
  name:
    "decodeSafetensors() reads a file written by the reference implementation",
  ignore: !HAS_SHARED,
  fn: async () => {
    const { tensors, metadata } = await readReference(
      "weights/torchvision.safetensors",
    );
    assertEquals(metadata, { format: "pt" });
    assertEquals(tensors.size, 624);
    const weight = tensors.get("conv1.weight")!;
    assertEquals(weight.shape, [4, 3, 7, 7]);
    const values = toFloat32(weight, "conv1.weight");
    // NumPy: np.frombuffer(data, "<f4"), and the sum of it in float64.
    assertEquals([...values.subarray(0, 3)], [
      0.09948458522558212,
      -0.11559220403432846,
      0.06634789705276489,
    ]);
    const sum = values.reduce((a, b) => a + b, 0);
    assertAlmostEquals(sum, -2.153669759107288, 1e-12);
  },
});
