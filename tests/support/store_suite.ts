/**
 * What every store does: one suite of tests for memory, the file system and a server.
 *
 * @module
 */

import { assert, assertEquals, assertRejects } from "@std/assert";
import type { FileEntry, Store } from "../../pipeline/artifact/store.ts";

/** An empty store, which is removed when it is disposed of. */
export interface OpenStore extends AsyncDisposable {
  /** The store. */
  store: Store;
}

/** Encodes text. */
function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Writes files whose content is their path. */
async function writeAll(store: Store, paths: readonly string[]): Promise<void> {
  await Promise.all(paths.map((path) => store.writeAtomic(path, utf8(path))));
}

/** Paths of files. */
function pathsOf(entries: readonly FileEntry[]): string[] {
  return entries.map(({ path }) => path);
}

/** Names with signs that have a meaning in addresses, in XML, or for a client that signs. */
const NAMES = [
  "rosé 🌹/a b.txt",
  "a+b",
  "a%2Bb",
  "a&b<c>\"d'",
  "q?x=1&y#z",
  "(!*'~,;:@=$)",
  "[x]{y}|z^`\\",
  "Ünï-\u0065\u0301-\uff5e",
  ".hidden/..name..",
  "tab\tand\u0001control",
  "__proto__",
];

/** Bytes that differ at each position and in each part. */
function pattern(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = i * 31 + (i >> 10);
  return bytes;
}

/**
 * Tests a kind of store.
 *
 * @param name Name of its class.
 * @param open Opens an empty one.
 * @param options Whether to leave the tests out, and the bytes of a file that is large for it.
 */
export function testStore(
  name: string,
  open: () => Promise<OpenStore>,
  options: { ignore?: boolean; largeBytes?: number } = {},
): void {
  const { ignore = false, largeBytes = 2 ** 20 } = options;
  const test = (what: string, fn: (store: Store) => Promise<void>) =>
    Deno.test({
      name: `${name} ${what}`,
      ignore,
      fn: async () => {
        await using opened = await open();
        await fn(opened.store);
      },
    });

  test("reads what it wrote, whole and by range", async (store) => {
    await store.writeAtomic("folder/a", utf8("hello"));
    assertEquals(await store.read("folder/a"), utf8("hello"));
    assertEquals(await store.readRange("folder/a", 1, 3), utf8("el"));
    assertEquals(await store.readRange("folder/a", 3, 2 ** 50), utf8("lo"));
    assertEquals(await store.readRange("folder/a", 9, 12), utf8(""));
    assertEquals(await store.readRange("folder/a", 2, 2), utf8(""));
    await assertRejects(() => store.readRange("absent", 0, 1));
  });

  test("tells sizes, and the same of a file by itself and in a list", async (store) => {
    await store.writeAtomic("a", utf8("hello"));
    const entry = (await store.stat("a"))!;
    assertEquals([entry.path, entry.sizeBytes], ["a", 5]);
    assertEquals(await store.list(""), [entry]);
  });

  test("finds nothing where there is nothing", async (store) => {
    await store.writeAtomic("file", utf8("x"));
    for (const path of ["absent", "absent/a", "file/a"]) {
      assertEquals(await store.read(path), undefined);
      assertEquals(await store.stat(path), undefined);
      assertEquals(await store.list(path), []);
      assertEquals(await store.folders(path), []);
    }
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

  test("keeps names of any signs", async (store) => {
    await writeAll(store, NAMES);
    assertEquals(pathsOf(await store.list("")).sort(), NAMES.toSorted());
    for (const path of NAMES) {
      assertEquals(await store.read(path), utf8(path), path);
      assertEquals((await store.stat(path))?.path, path);
    }
    assertEquals(await store.folders(""), [".hidden", "rosé 🌹"]);
    assertEquals(pathsOf(await store.list("rosé 🌹")), [NAMES[0]!]);
    for (const path of NAMES) await store.remove(path);
    assertEquals(await store.list(""), []);
  });

  test("lists by the code points of whole paths, as Python sorts them", async (store) => {
    const paths = [
      "B",
      "a",
      "b-c",
      "b.c",
      "b/a/y",
      "b/z",
      "b0",
      "\uff5e",
      "\u{1f33b}",
    ];
    await writeAll(store, paths.toReversed());
    assertEquals(pathsOf(await store.list("")), paths);
    assertEquals(pathsOf(await store.list("b")), ["b/a/y", "b/z"]);
    const walked = await Array.fromAsync(store.walk(""), ({ path }) => path);
    assertEquals(walked, paths);
  });

  test("names the folders directly in a folder, sorted", async (store) => {
    await writeAll(store, ["b/c/x", "a/x", "file", "b/d"]);
    assertEquals(await store.folders(""), ["a", "b"]);
    assertEquals(await store.folders("b"), ["c"]);
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
