/**
 * `deno task runs` as a program.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { runTask } from "../e2e/support.ts";
import { copyQuick } from "../run/support.ts";
import { tempDir } from "../support/temp_dir.ts";

Deno.test("runs lists the runs in a table, and the same as JSON", async () => {
  await using directory = await tempDir();
  const { path } = directory;
  await copyQuick("evaluated", path);
  await Deno.mkdir(directory.join("runs/broken"));
  await Deno.writeTextFile(directory.join("runs/broken/run.json"), "{");
  const { code, stderr, json } = await runTask("runs", [
    "--json",
    "--work",
    path,
  ]);
  assertEquals(code, 0, stderr);
  assertEquals(Object.keys(json!), ["work", "runs"]);
  assertMatch(stderr, /^runs in .*: 2\n {2}run +data +backbone +top-1 /);
  assertMatch(
    stderr,
    /\n {2}default {2}the embedded photos {2}tiny {6}\d+\.\d % validation {2}\d[\d.]* [kM]B {2}.*\n/,
  );
  assertMatch(stderr, /\n {2}broken: .*runs\/broken\/run\.json/);
});
