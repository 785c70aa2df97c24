import { assertEquals, assertThrows } from "@std/assert";
import { decodeSafetensors } from "../../pipeline/artifact/safetensors.ts";
import {
  decodeHeader,
  decodeHeaderLength,
  MAX_HEADER_BYTES,
} from "../../pipeline/artifact/safetensors_header.ts";
import { FormatError } from "../../pipeline/errors.ts";
import { badShards } from "../support/bad_shards.ts";

Deno.test.each(await badShards())(
  "decodeSafetensors() throws when given bad_shards/%s",
  (file, bytes, message) => {
    const error = assertThrows(
      () => decodeSafetensors(bytes, file),
      FormatError,
    );
    assertEquals(error.message, message);
    assertEquals(error.path, file);
  },
);

Deno.test.each([
  ["plain", "a"],
  ["of backslashes", "\\\\"],
  ["of quotes", '\\"'],
])("decodeHeader() reads metadata of megabytes, %s", (_, text) => {
  const value = text.repeat(2 ** 22);
  const json = `{"__metadata__":{"a":"${value}","b":"{"}}`;
  const bytes = new TextEncoder().encode(json);
  const options = { fileBytes: 8 + bytes.length, path: "x" };
  const { metadata } = decodeHeader(bytes, options);
  assertEquals(metadata.a === JSON.parse(`"${value}"`), true);
  assertThrows(
    () => decodeHeader(bytes.with(bytes.length - 8, 97), options),
    FormatError,
    '"a" stands twice',
  );
});

Deno.test("decodeHeaderLength() accepts the largest header", () => {
  const prefix = new Uint8Array(8);
  new DataView(prefix.buffer).setBigUint64(0, BigInt(MAX_HEADER_BYTES), true);
  const options = { fileBytes: 8 + MAX_HEADER_BYTES, path: "x" };
  assertEquals(decodeHeaderLength(prefix, options), MAX_HEADER_BYTES);
});

Deno.test("decodeHeader() lists tensors in the order of their data", () => {
  const text = `{
    "2": { "dtype": "U8", "shape": [1], "data_offsets": [9, 10] },
    "__proto__": { "dtype": "F64", "shape": [], "data_offsets": [1, 9] },
    "1": { "dtype": "U8", "shape": [1], "data_offsets": [0, 1] },
    "none": { "dtype": "F32", "shape": [0, 3], "data_offsets": [9, 9] }
  }`;
  const json = new TextEncoder().encode(text);
  const fileBytes = 8 + json.length + 10;
  const header = decodeHeader(json, { fileBytes, path: "x" });
  assertEquals([...header.tensors], [
    ["1", { dtype: "U8", shape: [1], offsets: [0, 1] }],
    ["__proto__", { dtype: "F64", shape: [], offsets: [1, 9] }],
    ["none", { dtype: "F32", shape: [0, 3], offsets: [9, 9] }],
    ["2", { dtype: "U8", shape: [1], offsets: [9, 10] }],
  ]);
  assertEquals(header.metadata, {});
  assertEquals(header.dataStart, 8 + json.length);
});

Deno.test("decodeHeader() accepts a name that stands once in each of two objects", () => {
  const text =
    '{"__metadata__":{"a":"{\\"a\\":"},"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}';
  const json = new TextEncoder().encode(text);
  const options = { fileBytes: 8 + json.length, path: "x" };
  assertEquals(decodeHeader(json, options).metadata, { a: '{"a":' });
});
