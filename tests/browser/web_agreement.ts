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

/** Longest wait for a photo: a full-size network takes minutes on a GPU in software. */
const PATIENCE_MS = 1_800_000;

/** Returns the likeliest class. */
function likeliest(said: Map<string, number>): string {
  return [...said].reduce((a, b) => b[1] > a[1] ? b : a)[0];
}

const [work, folder, engine, most, ...photos] = Deno.args;
const paths = photos.slice(0, Number(most));
const expected = await classifyAll(work!, paths);
await using host = hostFiles(folder!);
const opening = performance.now();
await using opened = await openPage(
  host.address,
  engine as "wasm" | "webgpu",
  PATIENCE_MS,
);
const { page, complaints } = opened;
const used = await page.evaluate("document.documentElement.dataset.engine");
const started = performance.now();
console.log(`ready in ${Math.round((started - opening) / 1000)} s`);
let [same, largest] = [0, 0];
for (const [i, path] of paths.entries()) {
  if (i > 0) await page.click("#clear");
  const [said] = await classifyInPage(page, [path]);
  const wanted = expected[i]!;
  if (likeliest(said!) === likeliest(wanted)) same++;
  for (const [name, probability] of wanted) {
    const difference = Math.abs(said!.get(name)! - probability);
    // Also of what is no number.
    if (!(difference <= largest)) largest = difference;
  }
  console.log(
    `${i + 1} photos on ${used}: ${same} the same class, largest difference ${
      largest.toExponential(1)
    }, ${Math.round((performance.now() - started) / 1000)} s`,
  );
}
if (complaints.length > 0) console.log(complaints);
