import { assertEquals, assertRejects } from "@std/assert";
import { openWorkspace } from "../../../mod.ts";
import { compareWithRun } from "../../../tasks/build/same_answers.ts";
import { runTask } from "../../e2e/support.ts";
import { copyQuick } from "../../run/support.ts";
import { tempDir } from "../../support/temp_dir.ts";

Deno.test("compareWithRun() tells a program that answers like the run from others", async () => {
  await using directory = await tempDir();
  const work = directory.join("work");
  await copyQuick("trained", work);
  using workspace = await openWorkspace(work);
  const photos = new URL("../../../fixtures/images/val", import.meta.url);
  const { stdout } = await runTask("predict", [
    photos.pathname,
    "--json",
    "--engine",
    "wasm",
    "--work",
    work,
  ]);
  const compare = async (answers: string) => {
    const program = directory.join(`program-${crypto.randomUUID()}`);
    await Deno.writeTextFile(`${program}.jsonl`, answers);
    const script = `#!/bin/sh\ncat "$0.jsonl"\n`;
    await Deno.writeTextFile(program, script, { mode: 0o755 });
    return await compareWithRun(program, workspace, { engine: "wasm" });
  };
  assertEquals((await compare(stdout)).photos, stdout.split("\n").length - 1);
  const moved = stdout.replace(
    /"probability":([\d.]+)/,
    (_, value) => `"probability":${Number(value) - 0.001}`,
  );
  await assertRejects(() => compare(moved), Error, "must be within 0.0001");
  const short = stdout.trimEnd().split("\n").slice(0, -1).join("\n");
  await assertRejects(() => compare(short), Error, "has no answer for");
});
