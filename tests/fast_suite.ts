/**
 * Runs the fast tests but those of backends.
 *
 * Run it as
 * `deno run --allow-read --allow-write=.tmp --allow-run=deno tests/fast_suite.ts`.
 *
 * @module
 */

import { shareIsolates } from "./support/share_isolates.ts";
import { walkFiles } from "./support/walk_files.ts";

/** Files that other tasks run. */
const OTHERS = /_(slow|whole)_test\.ts$|^(backends|browser|faults)\//;

const paths = (await Array.fromAsync(walkFiles("tests")))
  .filter((path) => path.endsWith("_test.ts") && !OTHERS.test(path))
  .map((path) => `tests/${path}`);
await using isolates = await shareIsolates("fast", paths, 12);
const { folder } = isolates;
const args = ["test", "--quiet", "--no-check", "-P", "--parallel", folder];
Deno.exitCode = (await new Deno.Command("deno", { args }).spawn().status).code;
