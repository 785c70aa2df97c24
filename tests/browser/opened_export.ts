/**
 * An exported page, open in Chromium.
 *
 * @module
 */

import { chromium, type Page } from "playwright-core";
import { CHROMIUM } from "./browser.ts";

/** Flags that give Chromium a GPU in software. */
const SOFTWARE_GPU = [
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  "--enable-features=Vulkan",
];

/** Longest wait for anything: a GPU in software takes a while for four photos. */
const PATIENCE_MS = 240_000;

/**
 * Opens the page of an export; notes what it says, and what it asks for elsewhere.
 *
 * @param patienceMs Longest wait for anything, in milliseconds.
 */
export async function openPage(
  address: string,
  engine: "wasm" | "webgpu",
  patienceMs: number = PATIENCE_MS,
) {
  const browser = await chromium.launch({
    executablePath: CHROMIUM!,
    args: [
      "--no-sandbox",
      "--use-fake-device-for-media-stream",
      "--use-fake-ui-for-media-stream",
      ...engine === "webgpu" ? SOFTWARE_GPU : [],
    ],
  });
  const context = await browser.newContext({
    viewport: { width: 1024, height: 900 },
  });
  const page = await context.newPage();
  page.setDefaultTimeout(patienceMs);
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  context.on("request", (request) => {
    const url = request.url();
    if (!/^(blob|data):/.test(url) && !url.startsWith(address)) {
      complaints.push(`fetched ${url}`);
    }
  });
  await page.goto(`${address}?engine=${engine}`);
  await page.waitForSelector("#drop:not([hidden])");
  return {
    page,
    context,
    complaints,
    [Symbol.asyncDispose]: () => browser.close(),
  };
}

/** Gives photos to the page, and returns what it says of them. */
export async function classifyInPage(
  page: Page,
  paths: readonly string[],
): Promise<Map<string, number>[]> {
  await page.setInputFiles("#file", [...paths]);
  await page.locator(".result h3").nth(paths.length - 1).waitFor();
  await page.locator("#csv:not([disabled])").waitFor();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.click("#csv"),
  ]);
  const csv = await Deno.readTextFile(await download.path());
  return csv.trim().split("\r\n").slice(1).map((line) =>
    new Map(
      line.split(",").at(-1)!.split(" ").map((scored) => {
        const [name, probability] = scored.split("=");
        return [name!, Number(probability)];
      }),
    )
  );
}
