import { assertEquals, assertRejects } from "@std/assert";
import { sha256 } from "../../pipeline/artifact/digest.ts";
import {
  PART_BYTES,
  streamVerified,
} from "../../pipeline/artifact/verified_stream.ts";
import {
  DigestMismatchError,
  MissingArtifactError,
} from "../../pipeline/errors.ts";
import { MemoryStore } from "../support/memory_store.ts";

const LARGE = new Uint8Array(2 * PART_BYTES + 1).map((_, i) => i % 251);

/** Options that name a file of a store, and its digest. */
async function options(path: string, bytes: Uint8Array) {
  const file = { path, sizeBytes: bytes.length, digest: await sha256(bytes) };
  return { path, file, stage: "head" as const };
}

Deno.test("streamVerified() reads a file in parts of bounded size", async () => {
  const store = new MemoryStore({ a: LARGE });
  const parts = await Array.fromAsync(
    streamVerified(store, await options("a", LARGE)),
    (part) => part.slice(),
  );
  assertEquals(parts.map(({ length }) => length), [PART_BYTES, PART_BYTES, 1]);
  assertEquals(await new Blob(parts as BlobPart[]).bytes(), LARGE);
});

Deno.test("streamVerified() throws after the last part when a byte has changed", async () => {
  const store = new MemoryStore({ a: LARGE.slice() });
  store.flipBit("a", 0);
  let parts = 0;
  await assertRejects(async () => {
    for await (const _ of streamVerified(store, await options("a", LARGE))) {
      parts++;
    }
  }, DigestMismatchError);
  assertEquals(parts, 3);
});

Deno.test("streamVerified() throws when there is no file", async () => {
  const parts = streamVerified(new MemoryStore(), await options("a", LARGE));
  await assertRejects(
    () => Array.fromAsync(parts),
    MissingArtifactError,
    'Cannot read "a" of stage "head" as the file is missing: the manifest lists it',
  );
});

Deno.test("streamVerified() reads a short file at once, and refuses it before", async () => {
  const short = LARGE.subarray(0, 2 * PART_BYTES);
  const store = new MemoryStore({ a: short.slice() });
  const how = await options("a", short);
  const lengths = () =>
    Array.fromAsync(streamVerified(store, how), ({ length }) => length);
  assertEquals(await lengths(), [2 * PART_BYTES]);
  store.flipBit("a", 0);
  await assertRejects(lengths, DigestMismatchError);
});
