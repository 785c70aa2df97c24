/**
 * Runs the fast tests of all backends, or the slow ones.
 *
 * Mesa's software driver now and then corrupts the heap while the process exits,
 * after every test has passed; the process then ends with SIGABRT or SIGSEGV.
 * Such an end says nothing about the tests, so they run again, which is printed. A
 * test that fails ends with 1, and nothing is repeated.
 *
 * Run it as `deno run --allow-run=deno tests/webgpu_suite.ts [slow]`.
 *
 * @module
 */

// deno-lint-ignore-file no-console

const SLOW = "tests/**/*_slow_test.ts";

/** Which tests, and with which permissions. */
const TESTS = Deno.args[0] === "slow"
  ? ["-P=slow", SLOW.replace("**", "backends")]
  : ["-P", "--parallel", `--ignore=${SLOW}`, "tests/backends/"];

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
