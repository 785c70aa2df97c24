import { assertEquals } from "@std/assert";
import type { Row } from "./bench_row.ts";
import { type BenchContext, makeOnce, runCase, SkipError } from "./context.ts";

const CONTEXT: BenchContext = {
  quick: true,
  runs: 1,
  cores: 1,
  width: 16,
  imageSize: 32,
  directory: "",
  note: () => {},
  once: makeOnce(),
};

/** Runs a case that does something. */
function runOf(run: () => Promise<Row[]>): Promise<Row[]> {
  return runCase({ name: "gpu", summary: "", run }, CONTEXT);
}

Deno.test("makeOnce() makes the same thing once", async () => {
  const once = makeOnce();
  let made = 0;
  const make = () => Promise.resolve(++made);
  assertEquals(await once("a", make), 1);
  assertEquals(await once("a", make), 1);
  assertEquals(await once("b", make), 2);
});

Deno.test("runCase() tells why a case cannot run", async () => {
  const skip = () => Promise.reject(new SkipError("there is no adapter"));
  assertEquals(await runOf(skip), [
    { figure: "gpu", skipped: "there is no adapter" },
  ]);
});

Deno.test("runCase() tells that a case has failed", async () => {
  const fail = () => Promise.reject(new TypeError("no such file"));
  assertEquals(await runOf(fail), [
    { figure: "gpu", skipped: "failed: TypeError: no such file", failed: true },
  ]);
});
