/**
 * Visits to pages: each is made once, and fetches nothing and says nothing.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { tempDir } from "../support/temp_dir.ts";
import {
  CHROMIUM,
  openFile,
  type OpenOptions,
  startBrowser,
} from "./browser.ts";

/** What a test of a page does. */
export type Look = (page: Page) => Promise<void>;

/** Makes a page in an empty folder, and returns its absolute path, or its address if it is served. */
export type MakePage = (directory: string) => Promise<string>;

/** Without a browser nothing is tested, and it shows. */
export const ignore: boolean = CHROMIUM === undefined;

/** The browser and the pages that were made, from the first test to the last. */
const shared = ignore ? undefined : {
  browser: await startBrowser(),
  directory: await tempDir(),
  pages: new Map<MakePage, Promise<string>>(),
};

/** Closes the browser, and removes the pages; for the end of a file of tests. */
export async function endVisits(): Promise<void> {
  await shared?.browser.close();
  await shared?.directory[Symbol.asyncDispose]();
}

/**
 * Opens a page, looks at it, and makes sure that it fetched nothing and said nothing.
 *
 * @param make Makes the page, at its first visit.
 * @param options Size of the window, colours, scripts.
 * @param look What to do there.
 */
export async function visit(
  make: MakePage,
  options: OpenOptions,
  look: Look,
): Promise<void> {
  const { browser, directory, pages } = shared!;
  const path = pages.get(make) ?? make(directory.path);
  pages.set(make, path);
  const opened = await openFile(browser, await path, options);
  try {
    await look(opened.page);
    assertEquals(opened.complaints, []);
  } finally {
    await opened.page.context().close();
  }
}

/**
 * Makes sure that a page moves nothing by itself, and does not scroll sideways.
 *
 * @param page The page, 360 pixels wide.
 */
export async function assertFitsPhone(page: Page): Promise<void> {
  await page.waitForTimeout(300);
  assertEquals(await page.evaluate("window.shifts"), 0);
  const width = await page.evaluate("document.documentElement.scrollWidth");
  assertEquals(width, 360);
}
