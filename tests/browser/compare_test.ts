import { assert, assertEquals, assertLess } from "@std/assert";
import { findAccessibilityFaults } from "./accessibility.ts";
import type { OpenOptions } from "./browser.ts";
import { makeComparisonPage } from "./pages.ts";
import {
  assertFitsPhone,
  endVisits,
  ignore,
  type Look,
  visit,
} from "./visit.ts";

Deno.test.afterAll(endVisits);

/** Tests the page of a comparison of two runs. */
function testPage(name: string, look: Look, options: OpenOptions = {}): void {
  const fn = () => visit(makeComparisonPage, options, look);
  Deno.test({ name, ignore, fn });
}

testPage(
  "the comparison moves nothing by itself, and fits a phone",
  assertFitsPhone,
  { width: 360 },
);

testPage("the comparison begins with what it comes to", async (page) => {
  const heading = page.getByRole("heading", { level: 1 });
  assert((await heading.textContent())!.endsWith("none beside wide"));
  assert(await page.getByText(/^Verdict: /).isVisible());
});

testPage(
  "the comparison shows photos that changed, each once stored",
  async (page) => {
    const shown = await page.locator("li.photo .thumb").count();
    assert(shown > 0);
    assertEquals(await page.locator("li.photo use").count(), shown);
    const missing = await page.evaluate(
      `[...document.querySelectorAll("use")].filter((use) => !document.querySelector(use.getAttribute("href"))).length`,
    );
    assertEquals(missing, 0);
  },
);

for (const colorScheme of ["light", "dark"] as const) {
  testPage(
    `axe finds no fault in the comparison in ${colorScheme} colours`,
    async (page) => assertEquals(await findAccessibilityFaults(page), []),
    { colorScheme },
  );
}

testPage("the comparison is light on paper, and prints", async (page) => {
  await page.emulateMedia({ media: "print" });
  const ground = await page.evaluate(
    "getComputedStyle(document.body).backgroundColor",
  );
  assertEquals(ground, "rgb(255, 255, 255)");
  assertLess((await page.pdf({ format: "A4" })).length, 8e6);
}, { colorScheme: "dark" });
