import { Buffer } from "node:buffer";
import { assert, assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { HAS_SHARED, SHARED } from "../support/fixtures.ts";
import { tempDir } from "../support/temp_dir.ts";
import { walkFiles } from "../support/walk_files.ts";
import { findAccessibilityFaults } from "./accessibility.ts";
import { classifyAll, exportPage, hostFiles } from "./exported_page.ts";
import { classifyInPage, openPage } from "./opened_export.ts";
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

/** Largest difference of a probability from that of the run. */
const TOLERANCE = 1e-4;

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
