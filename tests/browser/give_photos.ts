/**
 * Giving photos to the page of a server, and waiting for its answers.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import type { Page } from "playwright-core";

/** Gives files to the page as a drop or a paste does. */
export async function give(
  page: Page,
  kind: "drop" | "paste",
  files: Record<string, { path?: string; text?: string; type: string }>,
): Promise<void> {
  await page.waitForSelector("#drop:not([hidden])");
  const contents = await Promise.all(
    Object.entries(files).map(async ([name, { path, text, type }]) => {
      const bytes = path
        ? await Deno.readFile(path)
        : new TextEncoder().encode(text);
      return { name, type, base64: bytes.toBase64() };
    }),
  );
  await page.evaluate(`((kind, contents) => {
    const data = new DataTransfer();
    for (const { name, type, base64 } of contents) {
      const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
      data.items.add(new File([bytes], name, { type }));
    }
    const init = { bubbles: true, cancelable: true };
    document.getElementById("drop").dispatchEvent(kind === "drop"
      ? new DragEvent("drop", { ...init, dataTransfer: data })
      : new ClipboardEvent("paste", { ...init, clipboardData: data }));
  })(${JSON.stringify(kind)}, ${JSON.stringify(contents)})`);
}

/** Waits for answers, and returns their headings. */
export async function headings(page: Page, count: number): Promise<string[]> {
  const answers = page.locator(".result h3");
  await answers.nth(count - 1).waitFor();
  assertEquals(await answers.count(), count);
  return await answers.allTextContents();
}
