/**
 * Runs the fast tests of all backends, or the slow ones.
 *
 * Mesa's software driver now and then corrupts the heap while the process exits,
 * after every test has passed; the process then ends with SIGABRT or SIGSEGV.
 * Such an end says nothing about the tests, so they run again, which is printed. A
 * test that fails ends with 1, and nothing is repeated.
 *
 * Run it as `deno run --allow-read --allow-write=.tmp --allow-run=deno
 * tests/webgpu_suite.ts [slow]`.
 *
 * @module
 */

// deno-lint-ignore-file no-console

import { shareIsolates } from "./support/share_isolates.ts";
import { walkFiles } from "./support/walk_files.ts";

const isSlow = Deno.args[0] === "slow";
const end = isSlow ? /_slow_test\.ts$/ : /(?<!_slow)_test\.ts$/;
const paths = (await Array.fromAsync(walkFiles("tests/backends")))
  .filter((path) => end.test(path)).map((path) => `tests/backends/${path}`);
await using isolates = await shareIsolates(paths, isSlow ? 1 : 5);

/** Which tests, and with which permissions. */
const TESTS = [...isSlow ? ["-P=slow"] : ["-P", "--parallel"], isolates.folder];

/** Times that the tests run at most. */
const MOST = 5;

// `.ci/run` takes back the counts that come after this line and before a repeat.
console.log("the WebGPU suite");
for (let time = 1; time <= MOST; time++) {
  const args = ["test", "--quiet", "--no-check", ...TESTS];
  const { code, signal } = await new Deno.Command("deno", { args })
    .spawn().status;
  Deno.exitCode = code;
  if (signal !== "SIGABRT" && signal !== "SIGSEGV") break;
  if (time < MOST) {
    console.log(`the WebGPU suite ended with ${signal}: once more`);
  }
}
