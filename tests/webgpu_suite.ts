/**
 * Runs the fast tests of all backends.
 *
 * Mesa's software driver now and then corrupts the heap while the process exits,
 * after every test has passed; the process then ends with SIGABRT or SIGSEGV.
 * Such an end says nothing about the tests, so they run again, which is printed. A
 * test that fails ends with 1, and nothing is repeated.
 *
 * Run it as `deno run --allow-run=deno tests/webgpu_suite.ts`.
 *
 * @module
 */

// deno-lint-ignore-file no-console

const ARGS = [
  "test",
  "--quiet",
  "-P",
  "--parallel",
  "--ignore=tests/**/*_slow_test.ts",
  "tests/backends/",
];

/** Times that the tests run at most. */
const MOST = 5;

for (let time = 1; time <= MOST; time++) {
  const { code, signal } = await new Deno.Command("deno", { args: ARGS })
    .spawn().status;
  Deno.exitCode = code;
  if (signal !== "SIGABRT" && signal !== "SIGSEGV") break;
  if (time < MOST) {
    console.log(`the WebGPU suite ended with ${signal}: once more`);
  }
}
