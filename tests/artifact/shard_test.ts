import { assertEquals, assertRejects } from "@std/assert";
import { sha256 } from "../../pipeline/artifact/digest.ts";
import { encodeSafetensors } from "../../pipeline/artifact/safetensors.ts";
import {
  decodeSealed,
  encodeSealed,
  readHeader,
} from "../../pipeline/artifact/shard.ts";
import { toTensor } from "../../pipeline/artifact/tensor.ts";
import { DigestMismatchError, FormatError } from "../../pipeline/errors.ts";
import { badShards } from "../support/bad_shards.ts";
import { MemoryStore } from "../support/memory_store.ts";

const TENSORS = {
  label: toTensor(new Int32Array([3, 1]), [2]),
  image: toTensor(new Uint8Array([1, 2, 3, 4, 5, 6]), [2, 3]),
};

Deno.test("encodeSealed() adds the digest of the data section to the metadata", async () => {
  const file = await decodeSealed(
    await encodeSealed(TENSORS, { stage: "tensors" }),
    "x",
  );
  const data = new Uint8Array([3, 0, 0, 0, 1, 0, 0, 0, 1, 2, 3, 4, 5, 6]);
  assertEquals(file.metadata, { digest: await sha256(data), stage: "tensors" });
  assertEquals(Object.fromEntries(file.tensors), TENSORS);
});

Deno.test("encodeSealed() gives the same bytes when given the same tensors", async () => {
  assertEquals(
    await encodeSealed(TENSORS, { a: "1", b: "2" }),
    await encodeSealed(TENSORS, { b: "2", a: "1" }),
  );
});

Deno.test("decodeSealed() throws when any bit of the data is flipped", async () => {
  const bytes = await encodeSealed(TENSORS, {});
  const dataStart = bytes.length - 14;
  const expected = await sha256(bytes.subarray(dataStart));
  for (let bit = dataStart * 8; bit < bytes.length * 8; bit++) {
    const damaged = bytes.slice();
    damaged[bit >> 3]! ^= 1 << (bit & 7);
    const actual = await sha256(damaged.subarray(dataStart));
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

Deno.test("readHeader() reads the header and not the data", async () => {
  const store = new MemoryStore({ a: await encodeSealed(TENSORS, {}) });
  const ranges: [number, number][] = [];
  const readRange = store.readRange.bind(store);
  store.readRange = (path, start, end) => {
    ranges.push([start, end]);
    return readRange(path, start, end);
  };
  const header = (await readHeader(store, "a"))!;
  assertEquals(ranges, [[0, 8], [8, header.dataStart]]);
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
