import { Buffer } from "node:buffer";
import { assert, assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { chromium, type Page } from "playwright-core";
import { HAS_SHARED, SHARED } from "../support/fixtures.ts";
import { tempDir } from "../support/temp_dir.ts";
import { walkFiles } from "../support/walk_files.ts";
import { findAccessibilityFaults } from "./accessibility.ts";
import { CHROMIUM } from "./browser.ts";
import { classifyAll, exportPage, hostFiles } from "./exported_page.ts";
import { ignore } from "./visit.ts";

/** Photos: those beside the project, else those that come with it. */
const PHOTOS = fromFileUrl(
  HAS_SHARED
    ? new URL("data/flowers/val/", SHARED)
    : new URL("../../fixtures/images/val/", import.meta.url),
);

/** Most photos on WebAssembly, and on a GPU that is software. */
const MOST = { wasm: 60, webgpu: 4 };

/** Photos of every other format that is read. */
const FORMATS = [
  "photo.avif",
  "photo.heic",
  "lossy-alpha.webp",
  "rgb.bmp",
  "lzw-predictor.tiff",
].map((name) =>
  fromFileUrl(new URL(`../../fixtures/formats/${name}`, import.meta.url))
);

/** Flags that give Chromium a GPU in software. */
const SOFTWARE_GPU = [
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  "--enable-features=Vulkan",
];

/** Largest difference of a probability from that of the run. */
const TOLERANCE = 1e-4;

/** Opens the page of an export; notes what it says, and what it asks for elsewhere. */
async function openPage(address: string, engine: "wasm" | "webgpu") {
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
  page.setDefaultTimeout(240_000);
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
async function classifyInPage(
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

/** Compares what the page and the run say of photos. */
function compare(
  actual: Map<string, number>[],
  expected: Map<string, number>[],
) {
  assertEquals(actual.length, expected.length);
  for (const [i, said] of expected.entries()) {
    const [likeliest] = said.keys();
    assertEquals([...actual[i]!.keys()][0], likeliest);
    for (const [name, probability] of said) {
      const difference = Math.abs(actual[i]!.get(name)! - probability);
      assert(difference <= TOLERANCE, `${name} differs by ${difference}`);
    }
  }
}

Deno.test({ name: "an exported page", ignore }, async (t) => {
  await using directory = await tempDir();
  const { work, folder } = await exportPage(directory.path);
  await using host = hostFiles(folder);
  const all = await Array.fromAsync(walkFiles(PHOTOS));
  const paths = all.sort().map((path) => `${PHOTOS}${path}`);
  const expected = await classifyAll(work, paths.slice(0, MOST.wasm));

  {
    await using opened = await openPage(host.address, "wasm");
    const { page, context, complaints } = opened;
    await t.step("answers as the run does, on WebAssembly", async () => {
      const some = paths.slice(0, MOST.wasm);
      compare(await classifyInPage(page, some), expected);
    });

    await t.step("reads every format as the run does", async () => {
      await page.click("#clear");
      compare(
        await classifyInPage(page, FORMATS),
        await classifyAll(work, FORMATS),
      );
    });

    await t.step("shows where a photo speaks for a class", async () => {
      await page.click("#clear");
      await classifyInPage(page, paths.slice(0, 1));
      await page.locator(".bars button").nth(1).click();
      const map = page.locator("img.map");
      await map.waitFor();
      // Enlarged smoothly, as in a report.
      const size = "(image) => image.decode().then(() => image.naturalWidth)";
      assertEquals(
        await map.evaluate(`(${size})(document.querySelector("img.map"))`),
        32,
      );
      const says = await page.locator("#status").textContent();
      assertEquals(says?.startsWith("Bright places speak for "), true);
    });

    await t.step("says what is no photo", async () => {
      await page.click("#clear");
      const name = "notes.jpg";
      const buffer = Buffer.from("no photo at all");
      const file = { name, mimeType: "image/jpeg", buffer };
      await page.setInputFiles("#file", file);
      const says = page.locator(".result .message");
      assertEquals(
        await says.textContent(),
        "it is not an image",
      );
    });

    await t.step("takes a picture with the camera", async () => {
      await page.click("#photograph");
      await page.locator("#shoot:not([disabled])").click();
      await page.locator(".result .name", { hasText: "camera-1" }).waitFor();
      await page.locator(".result .bars").waitFor();
      await page.click("#close-camera");
    });

    await t.step("is usable by all, at every width", async () => {
      for (const width of [360, 1024, 1600]) {
        await page.setViewportSize({ width, height: 900 });
        assertEquals(await findAccessibilityFaults(page), []);
        const wide = await page.evaluate("document.body.scrollWidth");
        assert(Number(wide) <= width, `${wide} at ${width}`);
      }
    });

    await t.step("works offline after the first visit", async () => {
      await page.evaluate("navigator.serviceWorker.ready.then(() => {})");
      const before = host.asked.length;
      await context.setOffline(true);
      await page.reload();
      await page.waitForSelector("#drop:not([hidden])");
      const some = paths.slice(0, 2);
      compare(await classifyInPage(page, some), expected.slice(0, 2));
      // The browser itself looks for a newer worker, past what is offline.
      const asked = host.asked.slice(before);
      assertEquals(asked.filter((path) => !/service_worker/.test(path)), []);
    });

    await t.step("asks nobody else, and says nothing", () => {
      // The text file cannot be shown as a picture.
      assertEquals(complaints, []);
    });
  }

  await t.step("answers as the run does, on WebGPU", async () => {
    await using opened = await openPage(host.address, "webgpu");
    const { page } = opened;
    const engine = await page.evaluate(
      "document.documentElement.dataset.engine",
    );
    assertEquals(engine, "webgpu");
    const some = paths.slice(0, MOST.webgpu);
    compare(await classifyInPage(page, some), expected.slice(0, MOST.webgpu));
  });
});
