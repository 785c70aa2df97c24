import { assertEquals, assertMatch } from "@std/assert";
import { findAccessibilityFaults } from "./accessibility.ts";
import { makeSamplePage, SAMPLE_NAMES, type SampleName } from "./pages.ts";
import {
  assertFitsPhone,
  endVisits,
  ignore,
  type MakePage,
  visit,
} from "./visit.ts";

Deno.test.afterAll(endVisits);

/** Makes made-up pages, by name. */
const SAMPLE_PAGES = new Map(
  SAMPLE_NAMES.map((name): [SampleName, MakePage] => [
    name,
    (directory) => makeSamplePage(directory, name),
  ]),
);

for (const [name, make] of SAMPLE_PAGES) {
  Deno.test({
    name: `the page of ${name} has no fault, and fits a phone`,
    ignore,
    fn: () =>
      visit(make, { width: 360 }, async (page) => {
        await assertFitsPhone(page);
        assertMatch(
          await page.title(),
          /^\d+\.\d\u00a0% right: run default, validation$/,
        );
        assertEquals(await findAccessibilityFaults(page), []);
      }),
  });
}

Deno.test({
  name: "axe finds a fault that is there",
  ignore,
  fn: () =>
    visit(SAMPLE_PAGES.get("two")!, {}, async (page) => {
      await page.evaluate(
        `document.querySelector("h2").style.color = "#999"; document.querySelector("#mistakes .thumb").removeAttribute("aria-label")`,
      );
      assertEquals(
        (await findAccessibilityFaults(page)).map((fault) =>
          fault.split(":")[0]
        ),
        ["color-contrast", "svg-img-alt"],
      );
    }),
});
