import { assert, assertEquals, assertLess } from "@std/assert";
import type { Page } from "playwright-core";
import type { OpenOptions } from "./browser.ts";
import { findAccessibilityFaults } from "./accessibility.ts";
import { makeRealPage } from "./pages.ts";
import {
  assertFitsPhone,
  endVisits,
  ignore,
  type Look,
  visit,
} from "./visit.ts";

Deno.test.afterAll(endVisits);

/** Tests the page of a real run. */
function testPage(name: string, look: Look, options: OpenOptions = {}): void {
  Deno.test({ name, ignore, fn: () => visit(makeRealPage, options, look) });
}

/** Texts of a column of the table of classes, from top to bottom. */
function columnOf(page: Page, column: number): Promise<string[]> {
  return page.locator(
    `#class-table tbody tr:not([hidden]) > :nth-child(${column + 1})`,
  )
    .allTextContents().then((texts) => texts.map((text) => text.trim()));
}

testPage("the page moves nothing by itself, and fits a phone", async (page) => {
  await assertFitsPhone(page);
}, { width: 360 });

testPage(
  "on a phone every section is in the navigation, and what scrolls fades at the side with more",
  async (page) => {
    const outside = await page.evaluate(`
      [...document.querySelectorAll(".top nav a")].filter((link) => {
        const { left, right } = link.getBoundingClientRect();
        return left < 0 || right > innerWidth;
      }).length
    `);
    assertEquals(outside, 0);
    const looks = await page.evaluate(`
      Promise.all([...document.querySelectorAll(".scroll")].filter((box) => !box.closest("details")).map((box) => {
        const fades = () => ["--left", "--right"].map((side) => parseFloat(getComputedStyle(box).getPropertyValue(side)) > 0);
        const scrolls = box.scrollWidth > box.clientWidth;
        const before = fades();
        box.scrollLeft = box.scrollWidth;
        return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done({ scrolls, before, after: fades() }))));
      }))
    `) as {
      scrolls: boolean;
      before: boolean[];
      after: boolean[];
    }[];
    assert(looks.some(({ scrolls }) => scrolls));
    assert(looks.some(({ scrolls }) => !scrolls));
    for (const { scrolls, before, after } of looks) {
      assertEquals(before, [false, scrolls]);
      assertEquals(after, [scrolls, false]);
    }
  },
  { width: 360 },
);

testPage(
  "a heading sorts the classes, a second press the other way",
  async (page) => {
    const names = await columnOf(page, 0);
    await page.getByRole("button", { name: "F1", exact: true }).click();
    const falling = (await columnOf(page, 4)).map(parseFloat);
    assertEquals(falling, falling.toSorted((a, b) => b - a));
    const heading = page.locator("#class-table th", { hasText: "F1" });
    assertEquals(await heading.getAttribute("aria-sort"), "descending");
    await page.keyboard.press("Enter");
    assertEquals(
      (await columnOf(page, 4)).map(parseFloat),
      falling.toReversed(),
    );
    assertEquals(await heading.getAttribute("aria-sort"), "ascending");
    await page.getByRole("button", { name: "class", exact: true }).click();
    assertEquals(await columnOf(page, 0), names.toSorted());
    assertEquals(await heading.getAttribute("aria-sort"), "none");
  },
);

testPage(
  "the filter leaves the classes that have the text, and counts them",
  async (page) => {
    const [first, ...others] = await columnOf(page, 0);
    const input = page.getByLabel("Filter by name");
    await input.fill(first!.toUpperCase());
    assertEquals(await columnOf(page, 0), [first!]);
    const total = others.length + 1;
    assertEquals(
      await page.locator("#class-count").textContent(),
      `1 of ${total}`,
    );
    await input.fill("no such class");
    assertEquals(await columnOf(page, 0), []);
    await input.fill("");
    assertEquals((await columnOf(page, 0)).length, total);
  },
);

testPage(
  "a click on a cell opens its photos, Escape closes them",
  async (page) => {
    const cell = page.locator(".matrix td.wrong button").first();
    const photos = Number(await cell.locator(".n").textContent());
    await cell.click();
    const panel = page.locator(".panel:popover-open");
    assert(await panel.isVisible());
    assertEquals(await panel.locator("li.photo").count(), photos);
    assertEquals(await panel.locator("li.photo svg").count(), photos);
    assertEquals(
      await page.evaluate("document.activeElement.textContent"),
      "Close",
    );
    await page.keyboard.press("Escape");
    assertEquals(await page.locator(".panel:popover-open").count(), 0);
    assertEquals(
      await page.evaluate("document.activeElement.ariaLabel"),
      await cell.getAttribute("aria-label"),
    );
  },
);

testPage(
  "the matrix is one stop of the tab key, arrows move in it",
  async (page) => {
    const stops = page.locator('.matrix button[tabindex="0"]');
    assertEquals(await stops.count(), 1);
    await stops.focus();
    const label = () => page.evaluate("document.activeElement.ariaLabel");
    const first = await label();
    await page.keyboard.press("ArrowRight");
    const second = await label();
    assert(first !== second, String(second));
    await page.keyboard.press("ArrowLeft");
    assertEquals(await label(), first);
    await page.keyboard.press("ArrowLeft");
    assertEquals(await label(), first);
    await page.keyboard.press("ArrowDown");
    assertEquals(await page.locator('.matrix button[tabindex="0"]').count(), 1);
    await page.keyboard.press("Enter");
    assertEquals(await page.locator(".panel:popover-open").count(), 1);
  },
);

testPage("cells show photos or shares", async (page) => {
  const cell = page.locator(".matrix td.right button").first();
  assertEquals(/^\d+$/.test(await cell.innerText()), true);
  await page.getByLabel("share of the true class").check();
  assertEquals(/^\d+\u00a0%$/.test(await cell.innerText()), true);
});

testPage(
  "the button turns the page dark and light, and it stays so",
  async (page) => {
    const ground = () =>
      page.evaluate("getComputedStyle(document.body).backgroundColor");
    const toggle = page.getByRole("button", { name: "Dark colours" });
    const light = await ground();
    await toggle.click();
    assertEquals(await toggle.getAttribute("aria-pressed"), "true");
    const dark = await ground();
    assert(light !== dark);
    await page.reload();
    assertEquals(await ground(), dark);
    await toggle.click();
    assertEquals(await ground(), light);
  },
);

testPage("without scripts the page shows all, and cells open", async (page) => {
  assertEquals(await page.getByLabel("Filter by name").isVisible(), false);
  assertEquals(await page.locator("#theme").isVisible(), false);
  assert(await page.locator("#mistakes li svg").count() > 0);
  assert(await page.locator("#class-table tbody tr").count() > 1);
  await page.locator(".matrix td.wrong button").first().click();
  const panel = page.locator(".panel:popover-open");
  assert(await panel.locator("li.photo svg").first().isVisible());
  await panel.getByText("Close").click();
  assertEquals(await page.locator(".panel:popover-open").count(), 0);
}, { javaScriptEnabled: false });

testPage("each thumbnail that is shown is there", async (page) => {
  const missing = await page.evaluate(
    `[...document.querySelectorAll("use")].filter((use) => !document.querySelector(use.getAttribute("href"))).length`,
  );
  assertEquals(missing, 0);
});

testPage(
  "on paper there is nothing to press, and mistakes are unfolded",
  async (page) => {
    await page.emulateMedia({ media: "print" });
    assertEquals(await page.locator("#theme").isVisible(), false);
    assert(await page.locator(".panel.of-wrong").first().isVisible());
    assertEquals(
      await page.locator(".panel.of-right").first().isVisible(),
      false,
    );
    const pdf = await page.pdf({ format: "A4" });
    assertLess(pdf.length, 8e6);
  },
);

for (const colorScheme of ["light", "dark"] as const) {
  testPage(`axe finds no fault in ${colorScheme} colours`, async (page) => {
    assertEquals(await findAccessibilityFaults(page), []);
    await page.locator(".matrix td.wrong button").first().click();
    assertEquals(await findAccessibilityFaults(page), []);
  }, { colorScheme });
}
