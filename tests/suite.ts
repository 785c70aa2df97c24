/**
 * Runs the fast tests but those of backends, or the tests of whole runs. None needs a
 * GPU: `deno.json` hides it, as its driver may crash; see `webgpu_suite.ts`.
 *
 * Run it as
 * `deno run --allow-read --allow-write=.tmp --allow-run=deno tests/suite.ts fast|whole`;
 * more arguments are those of `deno test`.
 *
 * @module
 */

import { shareIsolates } from "./support/share_isolates.ts";
import { walkFiles } from "./support/walk_files.ts";

const [which, ...more] = Deno.args;
const isWhole = which === "whole";

/** Whether files are run by this, by their paths. */
const own = isWhole
  ? (path: string) => path.endsWith("_whole_test.ts")
  : (path: string) =>
    path.endsWith("_test.ts") &&
    !/_(slow|whole)_test\.ts$|^(backends|browser|faults)\//.test(path);

const paths = (await Array.fromAsync(walkFiles("tests")))
  .filter(own).map((path) => `tests/${path}`);
await using isolates = await shareIsolates(paths, isWhole ? 5 : 12);
const { folder } = isolates;
const flags = ["--quiet", "--no-check", "-P", "--parallel", ...more];
const args = ["test", ...flags, folder];
Deno.exitCode = (await new Deno.Command("deno", { args }).spawn().status).code;
