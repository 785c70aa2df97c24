import { assertEquals, assertRejects } from "@std/assert";
import { DatasetError } from "../../pipeline/errors.ts";
import { parsePart } from "../../pipeline/shards/part.ts";
import { MemoryStore } from "../support/memory_store.ts";
import { testContext } from "../support/stage_context.ts";
import { index, photos } from "./index_support.ts";

/** A listing of more photos than one slice holds, some of which cannot be used. */
const MANY: Record<string, Uint8Array> = {
  ...photos(
    ...Array.from({ length: 70 }, (_, i) => `a/${100 + i}.jpg`),
    ...Array.from({ length: 70 }, (_, i) => `b/${100 + i}.jpg`),
  ),
  "a/100.jpg": Uint8Array.of(),
  "b/120.jpg": new TextEncoder().encode("no photo"),
  "b/169.jpg": new TextEncoder().encode("none either"),
};

Deno.test("the index that parts make has the bytes of one that a task makes alone", async () => {
  const alone = testContext();
  await index(new MemoryStore(MANY), alone);
  const context = testContext();
  const source = new MemoryStore(MANY);
  const counts: unknown[] = [];
  // The last is done twice.
  for (const part of ["2/3", "0/3", "1/3", "1/3"].map(parsePart)) {
    const filled = (count: unknown) => void counts.push(count);
    context.share = { kind: "part", part, filled };
    await assertRejects(() => index(source, context), Error, "made a part");
  }
  assertEquals(counts, [
    { shards: 1, made: 1 },
    { shards: 1, made: 1 },
    { shards: 1, made: 1 },
    { shards: 1, made: 0 },
  ]);
  context.share = { kind: "seal", count: 3 };
  await index(source, context);
  assertEquals(context.store.files, alone.store.files);
});

Deno.test("a part of the index opens the photos of its slices alone", async () => {
  const context = testContext();
  const source = new MemoryStore(MANY);
  const part = parsePart("1/3");
  context.share = { kind: "part", part, filled: () => {} };
  const read: string[] = [];
  const { read: readAny } = source;
  source.read = (path) => {
    read.push(path);
    return readAny.call(source, path);
  };
  await assertRejects(() => index(source, context), Error, "made a part");
  assertEquals([read.length, read[0], read.at(-1)], [
    64,
    "a/164.jpg",
    "b/157.jpg",
  ]);
});

Deno.test("a part of a strict index stops at a photo that cannot be used", async () => {
  const context = testContext();
  const part = parsePart("2/3");
  context.share = { kind: "part", part, filled: () => {} };
  await assertRejects(
    () => index(new MemoryStore(MANY), context, { strict: true }),
    DatasetError,
    `Cannot use "b/169.jpg" as it is not an image`,
  );
});
