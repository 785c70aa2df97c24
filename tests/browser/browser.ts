/**
 * Chromium for tests, which may fetch nothing and say nothing.
 *
 * @module
 */

import { type Browser, chromium, type Page } from "playwright-core";

/** Where Debian has it. */
const DEBIAN = "/usr/bin/chromium";

/** Path of the browser: `CHROMIUM`, or Debian's; `undefined` if it is not there. */
export const CHROMIUM: string | undefined = await (async () => {
  const path = Deno.env.get("CHROMIUM") ?? DEBIAN;
  const info = await Deno.stat(path).catch(() => undefined);
  return info?.isFile ? path : undefined;
})();

/** How a page is opened. */
export interface OpenOptions {
  /** Width of the window, in pixels. @default {1024} */
  width?: number;
  /** What the system prefers. @default {"light"} */
  colorScheme?: "light" | "dark";
  /** Whether scripts run. @default {true} */
  javaScriptEnabled?: boolean;
}

/** A page that is open. */
export interface OpenPage {
  /** The page. */
  page: Page;
  /** What it said on the console, threw, or tried to fetch. */
  complaints: string[];
}

/** Collects how much the page has moved by itself. */
const WATCH_SHIFTS = `window.shifts = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts += entry.value;
}).observe({ type: "layout-shift", buffered: true });`;

/**
 * Starts the browser.
 *
 * @returns The browser; close it.
 */
export async function startBrowser(): Promise<Browser> {
  return await chromium.launch({
    executablePath: CHROMIUM!,
    args: [
      // Chromium refuses to run as root with its sandbox.
      "--no-sandbox",
      // A camera that shows a moving pattern, and may be used.
      "--use-fake-device-for-media-stream",
      "--use-fake-ui-for-media-stream",
    ],
  });
}

/** Longest wait for anything: a machine that runs all tests at once is slow. */
const PATIENCE_MS = 120_000;

/** What a browser says of an answer that is an error, which the page handles. */
const ERROR_ANSWER = /the server responded with a status of 4\d\d/;

/**
 * Opens a file, or what a server at an address shows.
 *
 * @param browser The browser.
 * @param place Absolute path of the file, or the address.
 * @param options Size of the window, colours, scripts.
 * @returns The page, and what it complains about.
 */
export async function openFile(
  browser: Browser,
  place: string,
  options: OpenOptions = {},
): Promise<OpenPage> {
  const url = place.startsWith("/") ? `file://${place}` : place;
  const origin = place.startsWith("/") ? "file://" : new URL(place).origin;
  const { width = 1024, colorScheme = "light", javaScriptEnabled = true } =
    options;
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    colorScheme,
    javaScriptEnabled,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const complaints: string[] = [];
  page.on("console", (message) => {
    const text = message.text();
    if (!ERROR_ANSWER.test(text)) complaints.push(text);
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.route("**/*", async (route) => {
    const url = route.request().url();
    if (/^(data|blob):/.test(url) || url.startsWith(`${origin}/`)) {
      return await route.continue();
    }
    complaints.push(`fetched ${url}`);
    await route.abort();
  });
  if (javaScriptEnabled) await page.addInitScript(WATCH_SHIFTS);
  await page.goto(url);
  return { page, complaints };
}
