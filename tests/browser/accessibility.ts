/**
 * Faults of a page that keep people from using it, by axe.
 *
 * @module
 */

import axe from "axe-core";
import type { Page } from "playwright-core";

/** What axe finds. */
interface Violation {
  id: string;
  nodes: { target: string[] }[];
}

/**
 * Looks for faults with every rule of WCAG 2.2 AA, and those of good practice.
 *
 * @param page The page.
 * @returns Each rule that is broken, with the first places where it is.
 */
export async function findAccessibilityFaults(page: Page): Promise<string[]> {
  // Given by the debugger, which the policy of the page does not bind.
  await page.evaluate(axe.source);
  const violations: Violation[] = await page.evaluate(
    `axe.run(document, { resultTypes: ["violations"] }).then((result) => result.violations)`,
  );
  return violations.map(({ id, nodes }) =>
    `${id}: ${
      nodes.slice(0, 3).map(({ target }) => target.join(" ")).join("; ")
    } (${nodes.length})`
  );
}
