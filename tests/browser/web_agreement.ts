/**
 * Compares an exported page with its run on many photos, in Chromium: too slow for a
 * test, as a GPU in software takes seconds a photo.
 *
 * ```sh
 * deno run --config=tests/browser/deno.json -A tests/browser/web_agreement.ts WORK PAGE webgpu 60 PHOTO…
 * ```
 *
 * @module
 */

// deno-lint-ignore-file no-console

import { classifyAll, hostFiles } from "./exported_page.ts";
import { classifyInPage, openPage } from "./opened_export.ts";

/** Returns the likeliest class. */
function likeliest(said: Map<string, number>): string {
  return [...said].reduce((a, b) => b[1] > a[1] ? b : a)[0];
}

const [work, folder, engine, most, ...photos] = Deno.args;
const paths = photos.slice(0, Number(most));
const expected = await classifyAll(work!, paths);
await using host = hostFiles(folder!);
await using opened = await openPage(host.address, engine as "wasm" | "webgpu");
const { page, complaints } = opened;
const used = await page.evaluate("document.documentElement.dataset.engine");
const started = performance.now();
let [same, largest] = [0, 0];
// A few at a time, so that the page never waits for longer than its limit.
for (let i = 0; i < paths.length; i += 4) {
  if (i > 0) await page.click("#clear");
  const actual = await classifyInPage(page, paths.slice(i, i + 4));
  for (const [j, said] of actual.entries()) {
    const wanted = expected[i + j]!;
    if (likeliest(said) === likeliest(wanted)) same++;
    for (const [name, probability] of wanted) {
      const difference = Math.abs(said.get(name)! - probability);
      // Also of what is no number.
      if (!(difference <= largest)) largest = difference;
    }
  }
  console.log(
    `${
      i + actual.length
    } photos on ${used}: ${same} the same class, largest difference ${
      largest.toExponential(1)
    }, ${Math.round((performance.now() - started) / 1000)} s`,
  );
}
if (complaints.length > 0) console.log(complaints);
