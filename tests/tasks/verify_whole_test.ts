/**
 * `deno task verify` as a program.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { copyFolder, PROJECT, runTask } from "../e2e/support.ts";
import { tempDir } from "../support/temp_dir.ts";

Deno.test("verify names what is damaged, and repairs it", async (t) => {
  await using directory = await tempDir();
  const { path: work } = directory;
  await copyFolder(join(PROJECT, "fixtures", "work_0_1"), work);
  const verify = (...flags: string[]) =>
    runTask("verify", [...flags, "--json", "--work", work]);
  const metrics = "artifacts/evaluation-e1368439863ecfce/metrics.json";

  await t.step("a whole run ends with 0", async () => {
    const { code, stderr, json } = await verify();
    assertEquals([code, json!.faults], [0, []]);
    assertStringIncludes(
      stderr,
      `verify: run "default" in ${work}\n  28 files, `,
    );
  });

  await t.step("a file that is cut ends with 1, and is named", async () => {
    await Deno.truncate(join(work, metrics), 10);
    const { code, stderr, json } = await verify();
    const { size } = await Deno.stat(
      join(PROJECT, "fixtures", "work_0_1", metrics),
    );
    assertEquals([code, (json!.faults as unknown[]).length], [1, 1]);
    assertStringIncludes(
      stderr,
      `  damaged: ${metrics}: it has 10 bytes, ${size} were written, bytes 10 to ${size}\n  Repair with: deno task verify --work ${work} --repair\nerror: Cannot confirm run "default" as each of its files must be as it was written: 1 listed above\n`,
    );
  });

  await t.step("--repair removes it, and says what comes next", async () => {
    const { code, stderr, json } = await verify("--repair");
    const manifest = metrics.replace("metrics", "manifest");
    assertEquals([code, json!.removed], [0, [manifest, metrics]]);
    assertStringIncludes(
      stderr,
      `  removed 2 files. Next: deno task eval --work ${work}\n`,
    );
    const after = await verify();
    assertEquals([after.code, after.json!.unfinished], [0, ["evaluation"]]);
    assertStringIncludes(
      after.stderr,
      "  evaluation is not complete: the next run checks its files\n",
    );
  });
});
