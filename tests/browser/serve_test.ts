import { assert, assertEquals, assertMatch } from "@std/assert";
import { findAccessibilityFaults } from "./accessibility.ts";
import type { OpenOptions } from "./browser.ts";
import { give, headings } from "./give_photos.ts";
import {
  PHOTOS,
  servePage,
  serveUnsure,
  serveWithToken,
  stopServers,
  TOKEN,
} from "./served_pages.ts";
import {
  assertFitsPhone,
  endVisits,
  ignore,
  type Look,
  type MakePage,
  visit,
} from "./visit.ts";

Deno.test.afterAll(async () => {
  await endVisits();
  await stopServers();
});

const LEAF = `${PHOTOS}leaf/leaf_21.jpg`;

/** Tests the page of a server. */
function testPage(
  name: string,
  look: Look,
  options: OpenOptions & { make?: MakePage } = {},
): void {
  const { make = servePage, ...rest } = options;
  Deno.test({ name, ignore, fn: () => visit(make, rest, look) });
}

const PHOTO = { "leaf_21.jpg": { path: LEAF, type: "image/jpeg" } };

testPage(
  "a photo that is dropped gets bars, and a map on demand",
  async (page) => {
    await give(page, "drop", PHOTO);
    const [heading] = await headings(page, 1);
    const rows = await page.locator(".bars button").allTextContents();
    assertEquals(rows.length, 5);
    assertMatch(rows[0]!, new RegExp(`^${heading}\\d+\\.\\d\\u00a0%$`));
    const widths = await page.locator(".bars button").evaluateAll((bars) =>
      bars.map((bar) => Number(bar.style.getPropertyValue("--v")))
    ) as number[];
    assert(Math.abs(widths.reduce((a, b) => a + b) - 1) < 1e-5, `${widths}`);
    assertMatch(
      (await page.locator(".result .name").textContent())!,
      /^leaf_21\.jpg[\d.]+ ms on the server, \d+ ms in all$/,
    );
    const status = page.getByRole("status");
    assertMatch((await status.textContent())!, /^It shows: [a-z]+, /);
    const map = page.getByRole("button", { name: "Activation map" });
    await map.click();
    const picture = page.getByAltText(`Activation map of ${heading}`);
    await picture.waitFor();
    assertEquals(await map.getAttribute("aria-pressed"), "true");
    assertEquals(await page.locator(".shot").isVisible(), false);
    assert(
      await page.getByAltText("The photo as the network saw it").isVisible(),
    );
    // Another class: the keyboard does it too.
    await page.locator(".bars button").nth(1).focus();
    await page.keyboard.press("Enter");
    await page.locator('.bars button[aria-pressed="true"]').nth(0).waitFor();
    await page.locator("img.map").waitFor();
    await map.click();
    assertEquals(await page.locator("img.map").count(), 0);
    assert(await page.locator(".shot").isVisible());
  },
);

testPage("a photo that is pasted is answered", async (page) => {
  await give(page, "paste", PHOTO);
  await headings(page, 1);
});

testPage(
  "a photo that is chosen is answered, by the keyboard alone",
  async (page) => {
    await page.waitForSelector("#drop:not([hidden])");
    const button = page.getByRole("button", { name: "Choose photos" });
    const chooser = page.waitForEvent("filechooser");
    // Chromium answers in order: from here on it hands choosers over.
    await page.evaluate("0");
    await button.press("Enter");
    await (await chooser).setFiles(LEAF);
    await headings(page, 1);
  },
);

testPage("the camera takes a photo", async (page) => {
  await page.waitForSelector("#drop:not([hidden])");
  await page.getByRole("button", { name: "Take a photo" }).click();
  await page.getByRole("button", { name: "Shoot" }).click();
  await headings(page, 1);
  assertMatch(
    (await page.locator(".result .name").textContent())!,
    /^camera-1\.jpg/,
  );
  assertEquals(await findAccessibilityFaults(page), []);
  await page.getByRole("button", { name: "Close the camera" }).click();
  assertEquals(await page.locator("#video").isVisible(), false);
});

testPage("a text file is said to be no photo", async (page) => {
  const text = { "notes.txt": { text: "no photo", type: "text/plain" } };
  await give(page, "drop", text);
  assertEquals(await headings(page, 1), ["Not a photo"]);
  const message = await page.getByRole("status").textContent();
  assertEquals(
    message,
    "notes.txt: Cannot read the photo: it is not an image",
  );
  assertEquals(await findAccessibilityFaults(page), []);
});

testPage(
  "a photo that the browser cannot show is answered, with its map",
  async (page) => {
    const path = `${PHOTOS}../../formats/lzw.tiff`;
    await give(page, "drop", { "lzw.tiff": { path, type: "image/tiff" } });
    await headings(page, 1);
    const seen = page.locator(".seen");
    await seen.waitFor({ state: "hidden" });
    const map = page.getByRole("button", { name: "Activation map" });
    await map.click();
    await page.locator("img.map").waitFor();
    await map.click();
    await seen.waitFor({ state: "hidden" });
  },
);

testPage("several photos are a grid, with a CSV", async (page) => {
  await give(page, "drop", {
    "=a, b.jpg": { path: LEAF, type: "image/jpeg" },
    "coin.jpg": { path: `${PHOTOS}coin/coin_21.jpg`, type: "image/jpeg" },
    "notes.txt": { text: "no photo", type: "text/plain" },
  });
  const [first, second, third] = await headings(page, 3);
  assertEquals(third, "Not a photo");
  await page.locator("#csv:enabled").waitFor();
  const message = await page.getByRole("status").textContent();
  assertEquals(
    message,
    "3 photos are answered, 1 of them could not be read.",
  );
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download CSV" }).click();
  const file = await download;
  assertEquals(file.suggestedFilename(), "classes.csv");
  const csv = await Deno.readTextFile(await file.path());
  const [header, ...rows] = csv.trimEnd().split("\r\n");
  assertEquals(header, "name,class,probability,unsure,error,top");
  assert(
    rows[0]!.startsWith(
      `"'=a, b.jpg",${first!.replace(/^Unsure: |\?$/g, "")},0.`,
    ),
    rows[0],
  );
  assert(
    rows[1]!.startsWith(`coin.jpg,${second!.replace(/^Unsure: |\?$/g, "")},0.`),
    rows[1],
  );
  assert(rows[2]!.startsWith("notes.txt,,,,Cannot read the photo: "), rows[2]);
  assertEquals(await findAccessibilityFaults(page), []);
  await page.getByRole("button", { name: "Clear" }).click();
  assertEquals(await page.locator("#answers").isVisible(), false);
});

testPage(
  "the page leads to the report of the run, and that has no script but its own",
  async (page) => {
    const link = page.getByRole("link", { name: "Report", exact: true });
    await link.click();
    await page.waitForURL("**/report?run=default");
    assertMatch(await page.title(), /right: run default/);
    const toggle = page.getByRole("button", { name: "Dark colours" });
    await toggle.click();
    assertEquals(await toggle.getAttribute("aria-pressed"), "true");
  },
);

testPage("what is unsure is said to be, of each run", async (page) => {
  await give(page, "drop", PHOTO);
  assertMatch((await headings(page, 1))[0]!, /^Unsure: [a-z]+\?$/);
  assertMatch(
    (await page.getByRole("status").textContent())!,
    /^Unsure: perhaps [a-z]+, /,
  );
  await page.locator("#run").selectOption("other");
  await page.getByText("This run was not evaluated").waitFor();
  assertEquals(await page.locator("#report").isVisible(), false);
  await give(page, "drop", PHOTO);
  await headings(page, 1);
  assertEquals(await findAccessibilityFaults(page), []);
}, { make: serveUnsure });

testPage("a server with a token asks for it once", async (page) => {
  const input = page.getByLabel("This server asks for its token");
  await input.fill("a token that is wrong");
  await page.keyboard.press("Enter");
  await page.getByText("This is not the token.").waitFor();
  assertEquals(await findAccessibilityFaults(page), []);
  await input.fill(TOKEN);
  await page.keyboard.press("Enter");
  await give(page, "drop", PHOTO);
  await headings(page, 1);
  await page.reload();
  await page.getByText(/^Right for/).waitFor();
  await page.getByRole("link", { name: "Report", exact: true }).click();
  await page.waitForURL("**/report?run=default");
}, { make: serveWithToken });

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [360, 1024, 1600]) {
    testPage(
      `axe finds no fault in ${colorScheme} colours at ${width} pixels`,
      async (page) => {
        await page.waitForSelector("#drop:not([hidden])");
        assertEquals(await findAccessibilityFaults(page), []);
        await give(page, "drop", PHOTO);
        await headings(page, 1);
        await page.getByRole("button", { name: "Activation map" }).click();
        await page.locator("img.map").waitFor();
        assertEquals(await findAccessibilityFaults(page), []);
        const scroll = await page.evaluate(
          "document.documentElement.scrollWidth",
        );
        assertEquals(scroll, width);
      },
      { colorScheme, width },
    );
  }
}

testPage("the page moves nothing by itself, and fits a phone", async (page) => {
  await page.waitForSelector("#drop:not([hidden])");
  await assertFitsPhone(page);
}, { width: 360 });
