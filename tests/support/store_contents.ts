/**
 * What every store does with contents: reading, writing, replacing, removing, locking.
 *
 * @module
 */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { pathsOf, type StoreTest, utf8 } from "./store_names.ts";

/** Bytes that differ at each position and in each part. */
function pattern(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = i * 31 + (i >> 10);
  return bytes;
}

/**
 * Tests what a store does with contents.
 *
 * @param largeBytes Bytes of a file that is large for it.
 */
export function testContents(test: StoreTest, largeBytes: number): void {
  test("reads what it wrote, whole and by range", async (store) => {
    await store.writeAtomic("folder/a", utf8("hello"));
    assertEquals(await store.read("folder/a"), utf8("hello"));
    assertEquals(await store.readRange("folder/a", 1, 3), utf8("el"));
    assertEquals(await store.readRange("folder/a", 3, 2 ** 50), utf8("lo"));
    assertEquals(await store.readRange("folder/a", 9, 12), utf8(""));
    assertEquals(await store.readRange("folder/a", 2, 2), utf8(""));
    await assertRejects(() => store.readRange("absent", 0, 1));
  });

  test("keeps empty files", async (store) => {
    await store.writeAtomic("bytes", new Uint8Array());
    await store.writeAtomic("parts", []);
    for (const path of ["bytes", "parts"]) {
      assertEquals(await store.read(path), new Uint8Array());
      assertEquals(await store.readRange(path, 0, 4), new Uint8Array());
      assertEquals((await store.stat(path))?.sizeBytes, 0);
    }
  });

  test("gives bytes that may be given away", async (store) => {
    await store.writeAtomic("a", utf8("abc"));
    const bytes = (await store.read("a"))!;
    (bytes.buffer as ArrayBuffer).transfer(0);
    const part = await store.readRange("a", 1, 2);
    assertEquals([part.byteOffset, part.buffer.byteLength], [0, 1]);
    assertEquals(await store.read("a"), utf8("abc"));
  });

  test("replaces a file, and shows the old bytes or the new, never half", async (store) => {
    const contents = [0, 1, 2].map((value) =>
      new Uint8Array(2 ** 18).fill(value)
    );
    await store.writeAtomic("a", contents[0]!);
    let isWriting = true;
    const write = async () => {
      for (let i = 1; i <= 8; i++) {
        await store.writeAtomic("a", contents[i % 3]!);
      }
      isWriting = false;
    };
    const read = async () => {
      let seen = 0;
      while (isWriting) {
        const bytes = (await store.read("a"))!;
        assertEquals(bytes.length, 2 ** 18);
        assert(bytes.every((byte) => byte === bytes[0]));
        seen++;
      }
      return seen;
    };
    const [, seen] = await Promise.all([write(), read()]);
    assert(seen > 0);
    assertEquals(pathsOf(await store.list("")), ["a"]);
  });

  test("writes what comes in parts", async (store) => {
    const parts = ["ab", "", "c"].map(utf8);
    await store.writeAtomic("sync", parts);
    await store.writeAtomic(
      "async",
      (async function* () {
        yield* await Promise.resolve(parts);
      })(),
    );
    assertEquals(await store.read("sync"), utf8("abc"));
    assertEquals(await store.read("async"), utf8("abc"));
  });

  test("writes a large file, whole or in parts of any size", async (store) => {
    const bytes = pattern(largeBytes);
    const cut = function* () {
      for (let start = 0, size = 1; start < largeBytes; size = size * 3 + 1) {
        yield bytes.slice(start, start + size);
        start += size;
      }
    };
    await store.writeAtomic("whole", bytes);
    await store.writeAtomic("parts", cut());
    for (const path of ["whole", "parts"]) {
      const found = (await store.read(path))!;
      assertEquals(found.length, largeBytes);
      assert(found.every((byte, i) => byte === bytes[i]));
      const end = await store.readRange(path, largeBytes - 3, largeBytes);
      assertEquals(end, bytes.slice(-3));
    }
  });

  test("leaves a file as it was when its new content fails", async (store) => {
    await store.writeAtomic("a", utf8("old"));
    const failure = new RangeError("the device is lost");
    for (const before of [3, largeBytes]) {
      const content = function* () {
        yield new Uint8Array(before);
        throw failure;
      };
      const error = await assertRejects(() =>
        store.writeAtomic("a", content())
      );
      assertEquals(error, failure);
    }
    assertEquals(await store.read("a"), utf8("old"));
    assertEquals(pathsOf(await store.list("")), ["a"]);
  });

  test("reads parts at once", async (store) => {
    const bytes = utf8("abcdef");
    await store.writeAtomic("a", bytes);
    const read = await store.openSync("a", bytes);
    const target = new Uint8Array(4);
    assertEquals(read(target, 1), 4);
    assertEquals(target, utf8("bcde"));
    assertEquals(read(target, 4), 2);
    assertEquals(target.subarray(0, 2), utf8("ef"));
    assertEquals(read(target, 9), 0);
  });

  test("removes a file, and does nothing where there is none", async (store) => {
    await store.writeAtomic("a", utf8("x"));
    await store.remove("a");
    await store.remove("a");
    assertEquals(await store.read("a"), undefined);
  });

  test("gives a lock to one at a time", async (store) => {
    {
      await using lock = await store.tryLock("head-0");
      assert(lock !== undefined);
      assertEquals(await store.tryLock("head-0"), undefined);
      await using other = await store.tryLock("head-1");
      assert(other !== undefined);
    }
    await using again = await store.tryLock("head-0");
    assert(again !== undefined);
  });
}
