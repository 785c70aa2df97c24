/**
 * Pictures of pages for the documentation, and lines of the demo's output for the
 * README.
 *
 * Run it as `deno task docs:pictures`.
 *
 * @module
 */

import { fromFileUrl, join } from "@std/path";
import type { Page } from "playwright-core";
import { runTask } from "../e2e/support.ts";
import { tempDir } from "../support/temp_dir.ts";
import { openFile, startBrowser } from "./browser.ts";
import { PHOTOS, servePage, stopServers } from "./served_pages.ts";

const ROOT = fromFileUrl(new URL("../../", import.meta.url));

/** Width of the window, in pixels. */
const WIDTH = 1024;

/** Size of the picture, of that of the page. */
const SCALE = 0.75;

/** Quality of the picture, of 100. */
const QUALITY = 80;

/** The lines of the demo that are shown: scores of classes, all photos, suspects, the page. */
const SHOWN =
  /^ {2}(class|-----|brick|coin|leaf|shell|wave) +[\d.p-].*|^ {2}validation: .*|^ {2}page: .*/;

/** What the demo made. */
export interface Demo {
  /** Absolute path of the report. */
  page: string;
  /** Lines of its output. */
  lines: string[];
}

/**
 * Runs the demo.
 *
 * @param directory An empty folder.
 * @returns The report, and the lines that the README shows.
 */
export async function runDemo(directory: string): Promise<Demo> {
  const { stderr, json } = await runTask("demo", [
    "--json",
    "--work",
    directory,
  ]);
  const { page } = (json as { eval: { page: string } }).eval;
  const table = stderr.split("\n  true \\ predicted")[0]!;
  const rest = stderr.slice(table.length).split("\n").slice(8);
  const lines = [...table.split("\n"), ...rest]
    .filter((line) => SHOWN.test(line))
    .map((line) =>
      line.replace(directory, ".headstart").replace(/-[0-9a-f]{16}/, "-…")
    );
  return { page: join(directory, page), lines };
}

/** Takes a picture of a page down to a height, in pixels. */
async function capture(page: Page, height: number): Promise<Uint8Array> {
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send("Page.captureScreenshot", {
    format: "webp",
    quality: QUALITY,
    captureBeyondViewport: true,
    clip: { x: 0, y: 0, width: WIDTH, height, scale: SCALE },
  });
  return Uint8Array.from(atob(data), (char) => char.charCodeAt(0));
}

/** Returns where an element of a page begins, in pixels from its top. */
async function topOf(page: Page, selector: string): Promise<number> {
  return Number(
    await page.evaluate(
      `document.querySelector("${selector}").getBoundingClientRect().top + scrollY`,
    ),
  );
}

/** Opens a page, and takes a picture of it. */
async function takePicture(
  place: string,
  prepare: (page: Page) => Promise<number>,
): Promise<Uint8Array> {
  const browser = await startBrowser();
  try {
    const { page } = await openFile(browser, place, { width: WIDTH });
    return await capture(page, await prepare(page));
  } finally {
    await browser.close();
  }
}

/** Takes a picture of the page of a server, with a photo and its map. */
async function pictureServer(directory: string): Promise<Uint8Array> {
  const address = await servePage(directory);
  try {
    return await takePicture(address, async (page) => {
      await page.waitForSelector("#drop:not([hidden])");
      await page.setInputFiles("#file", `${PHOTOS}coin/coin_22.jpg`);
      await page.getByRole("button", { name: "Activation map" }).click();
      await page.locator("img.map").waitFor();
      await page.evaluate("scrollTo(0, 0)");
      return await topOf(page, "#footer");
    });
  } finally {
    await stopServers();
  }
}

/**
 * Puts lines of the demo into the README.
 *
 * @param readme Text of the README.
 * @param lines The lines.
 * @returns Its text with them.
 */
export function placeLines(readme: string, lines: readonly string[]): string {
  const block = ["```text", "$ deno task demo", ...lines, "```"].join("\n");
  return readme.replace(/^```text\n[^]*?^```$/m, () => block);
}

if (import.meta.main) {
  await using directory = await tempDir();
  const { page, lines } = await runDemo(directory.path);
  const save = (name: string, picture: Uint8Array) =>
    Deno.writeFile(join(ROOT, "docs/images", name), picture);
  await save("serve.webp", await pictureServer(directory.path));
  // Down to its table of classes.
  const report = await takePicture(page, (page) => topOf(page, "#classes"));
  await save("report.webp", report);
  const path = join(ROOT, "README.md");
  await Deno.writeTextFile(
    path,
    placeLines(await Deno.readTextFile(path), lines),
  );
}
