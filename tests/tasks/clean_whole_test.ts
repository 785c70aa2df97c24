/**
 * `deno task clean` as a program.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { copyFolder, PROJECT, runTask } from "../e2e/support.ts";
import { tempDir } from "../support/temp_dir.ts";

const OLD = "artifacts/head-0123456789abcdef";

Deno.test("clean lists what nothing needs, and removes it when told", async () => {
  await using directory = await tempDir();
  const { path: work } = directory;
  await copyFolder(join(PROJECT, "fixtures", "work_0_1"), work);
  const clean = (...flags: string[]) =>
    runTask("clean", [...flags, "--json", "--work", work]);
  const whole = await clean("--remove");
  assertEquals([whole.code, whole.json], [0, { unused: [], removed: false }]);
  assertStringIncludes(whole.stderr, "\n  nothing to remove\n");

  await Deno.mkdir(join(work, OLD));
  await Deno.writeFile(join(work, OLD, "a"), new Uint8Array(1500));
  const listed = await clean();
  const unused = [{ path: OLD, kind: "artifacts", files: 1, sizeBytes: 1500 }];
  assertEquals([listed.code, listed.json], [0, { unused, removed: false }]);
  assertStringIncludes(
    listed.stderr,
    `  ${OLD}  artifacts      1  1.5 kB\n  1 file, 1.5 kB. Remove with: deno task clean --remove\n`,
  );

  const removed = await clean("--remove");
  assertEquals([removed.code, removed.json], [0, { unused, removed: true }]);
  assertStringIncludes(removed.stderr, "\n  removed 1 file, 1.5 kB\n");
  assertEquals((await clean()).json, { unused: [], removed: false });
});
