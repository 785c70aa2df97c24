/**
 * What every store does: one suite of tests for memory, the file system and a server.
 *
 * @module
 */

import type { Store } from "../../pipeline/artifact/store.ts";
import { testContents } from "./store_contents.ts";
import { type StoreTest, testNames } from "./store_names.ts";

/** An empty store, which is removed when it is disposed of. */
export interface OpenStore extends AsyncDisposable {
  /** The store. */
  store: Store;
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
  const test: StoreTest = (what, fn) =>
    Deno.test({
      name: `${name} ${what}`,
      ignore,
      fn: async () => {
        await using opened = await open();
        await fn(opened.store);
      },
    });

  testNames(test);
  testContents(test, largeBytes);
}
