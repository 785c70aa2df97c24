import { assert, assertEquals, assertRejects } from "@std/assert";
import { sha256 } from "../../pipeline/artifact/digest.ts";
import { encodeSafetensors } from "../../pipeline/artifact/safetensors.ts";
import {
  decodeSealed,
  encodeSealed,
  readHeader,
  sealTensors,
} from "../../pipeline/artifact/shard.ts";
import { toTensor } from "../../pipeline/artifact/tensor.ts";
import { DigestMismatchError, FormatError } from "../../pipeline/errors.ts";
import { badShards } from "../support/bad_shards.ts";
import { MemoryStore } from "../support/memory_store.ts";
import { digestOf } from "../support/seal.ts";

const TENSORS = {
  label: toTensor(new Int32Array([3, 1]), [2]),
  image: toTensor(new Uint8Array([1, 2, 3, 4, 5, 6]), [2, 3]),
};

Deno.test("encodeSealed() adds the digest of the file to the metadata", async () => {
  const bytes = await encodeSealed(TENSORS, { stage: "tensors" });
  const { metadata, tensors } = await decodeSealed(bytes, "x");
  const { digest, ...rest } = metadata;
  assertEquals(digest, await digestOf(bytes, digest!));
  assertEquals(rest, { stage: "tensors" });
  assertEquals(Object.fromEntries(tensors), TENSORS);
});

Deno.test("encodeSealed() keeps metadata that looks like a digest apart", async () => {
  const decoy = `"digest":"${"0".repeat(64)}"`;
  const bytes = await encodeSealed(TENSORS, { a: decoy, é: "ü" });
  const { metadata } = await decodeSealed(bytes, "x");
  assertEquals([metadata.a, metadata.é], [decoy, "ü"]);
});

Deno.test("encodeSealed() gives the same bytes when given the same tensors", async () => {
  assertEquals(
    await encodeSealed(TENSORS, { a: "1", b: "2" }),
    await encodeSealed(TENSORS, { b: "2", a: "1" }),
  );
});

Deno.test("sealTensors() encodes and digests a sealed file, and frees the tensors", async () => {
  const label = TENSORS.label.data.slice();
  const tensors = { label: { ...TENSORS.label, data: label } };
  const expected = await encodeSealed(tensors, { a: "1" });
  const { bytes, digest } = await sealTensors(tensors, { a: "1" });
  assertEquals(bytes, expected);
  assertEquals(digest, await sha256(expected));
  assertEquals(label.length, 0);
});

Deno.test("decodeSealed() throws when any bit of the data is flipped", async () => {
  const bytes = await encodeSealed(TENSORS, {});
  const expected = (await decodeSealed(bytes, "x")).metadata.digest!;
  const dataStart = bytes.length - 14;
  for (let bit = dataStart * 8; bit < bytes.length * 8; bit++) {
    const damaged = bytes.slice();
    damaged[bit >> 3]! ^= 1 << (bit & 7);
    const actual = await digestOf(damaged, expected);
    const error = await assertRejects(
      () => decodeSealed(damaged, "a/b"),
      DigestMismatchError,
      `Cannot use "a/b" as its bytes have changed since they were written: SHA-256 was ${expected}, is ${actual}`,
    );
    assertEquals([error.path, error.expected, error.actual], [
      "a/b",
      expected,
      actual,
    ]);
  }
});

Deno.test("decodeSealed() throws when any bit of the header is flipped", async () => {
  const bytes = await encodeSealed(TENSORS, { rejected: "[]", stage: "é" });
  for (let bit = 0; bit < (bytes.length - 14) * 8; bit++) {
    const damaged = bytes.slice();
    damaged[bit >> 3]! ^= 1 << (bit & 7);
    const error = await assertRejects(() => decodeSealed(damaged, "a/b"));
    const isExpected = error instanceof DigestMismatchError ||
      error instanceof FormatError;
    assert(isExpected, `bit ${bit}: ${error}`);
  }
});

Deno.test("decodeSealed() throws when the file ends early, wherever", async () => {
  const bytes = await encodeSealed(TENSORS, {});
  for (let length = 0; length < bytes.length; length++) {
    await assertRejects(
      () => decodeSealed(bytes.subarray(0, length), "x"),
      FormatError,
    );
  }
});

Deno.test("decodeSealed() throws when the file carries no digest", async () => {
  const error = await assertRejects(
    () => decodeSealed(encodeSafetensors(TENSORS, { stage: "tensors" }), "x"),
    FormatError,
    'Cannot read "x" as a sealed file as its header has no entry "digest"',
  );
  assertEquals(error.byteOffset, 8);
});

Deno.test.each([
  ["at once when it is short", "", [[0, 4096]]],
  ["whole when it is long", "x".repeat(5000), [[0, 4096], [0, 5232]]],
])("readHeader() reads the header %s", async (_, note, expected) => {
  const store = new MemoryStore({ a: await encodeSealed(TENSORS, { note }) });
  const ranges: [number, number][] = [];
  const readRange = store.readRange.bind(store);
  store.readRange = (path, start, end) => {
    ranges.push([start, end]);
    return readRange(path, start, end);
  };
  const header = (await readHeader(store, "a"))!;
  assertEquals(ranges, expected);
  assertEquals(header.tensors.get("image"), {
    dtype: "U8",
    shape: [2, 3],
    offsets: [8, 14],
  });
});

Deno.test("readHeader() returns undefined when there is no file", async () => {
  assertEquals(await readHeader(new MemoryStore(), "a"), undefined);
});

Deno.test.each(await badShards())(
  "readHeader() throws when given bad_shards/%s",
  async (file, bytes, message) => {
    const store = new MemoryStore({ [file]: bytes });
    const error = await assertRejects(
      () => readHeader(store, file),
      FormatError,
    );
    assertEquals(error.message, message);
  },
);
