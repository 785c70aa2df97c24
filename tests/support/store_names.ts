/**
 * What every store does with names: finding, listing, sorting.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import type { FileEntry, Store } from "../../pipeline/artifact/store.ts";

/** Defines a test of an empty store. */
export type StoreTest = (
  what: string,
  fn: (store: Store) => Promise<void>,
) => void;

/** Encodes text. */
export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Writes files whose content is their path. */
async function writeAll(store: Store, paths: readonly string[]): Promise<void> {
  await Promise.all(paths.map((path) => store.writeAtomic(path, utf8(path))));
}

/** Paths of files. */
export function pathsOf(entries: readonly FileEntry[]): string[] {
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

/** Tests what a store does with names. */
export function testNames(test: StoreTest): void {
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
}
