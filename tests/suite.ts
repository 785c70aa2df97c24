/**
 * Runs the fast tests but those of backends, or the tests of whole runs.
 *
 * Run it as
 * `deno run --allow-read --allow-write=.tmp --allow-run=deno tests/suite.ts [whole]`.
 *
 * @module
 */

import { shareIsolates } from "./support/share_isolates.ts";
import { walkFiles } from "./support/walk_files.ts";

const isWhole = Deno.args[0] === "whole";

/** Whether files are run by this, by their paths. */
const own = isWhole
  ? (path: string) => path.endsWith("_whole_test.ts")
  : (path: string) =>
    path.endsWith("_test.ts") &&
    !/_(slow|whole)_test\.ts$|^(backends|browser|faults)\//.test(path);

const paths = (await Array.fromAsync(walkFiles("tests")))
  .filter(own).map((path) => `tests/${path}`);
await using isolates = isWhole
  ? await shareIsolates("whole", paths, 5)
  : await shareIsolates("fast", paths, 12);
const { folder } = isolates;
const args = ["test", "--quiet", "--no-check", "-P", "--parallel", folder];
Deno.exitCode = (await new Deno.Command("deno", { args }).spawn().status).code;
