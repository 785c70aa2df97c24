/**
 * `deno task train` as a program that is stopped.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { runTask, taskCommand } from "../e2e/support.ts";
import { copyQuick } from "../run/support.ts";
import { tempDir } from "../support/temp_dir.ts";
import { listen } from "./support.ts";

Deno.test(
  "train says how to go on when stopped by Ctrl-C, and keeps its epochs",
  {
    ignore: Deno.build.os === "windows",
  },
  async () => {
    await using directory = await tempDir();
    const work = ["--work", directory.path];
    await copyQuick("prepared", directory.path);
    const args = ["--epochs", "5000", ...work];
    await using child = taskCommand("train", args).spawn();
    const listener = listen(child);
    await listener.until("epoch 1/5000: ");
    child.kill("SIGINT");
    const { code, stdout, stderr } = await listener.end();
    assertEquals({ code, stdout }, { code: 130, stdout: "" });
    const call = `deno task train --work ${directory.path}`;
    assert(stderr.endsWith(`  stopped. Continue with: ${call}\n`), stderr);
    const shown = [...stderr.matchAll(/epoch (\d+)\/5000: /g)].at(-1)![1];
    const { json } = await runTask("status", ["--json", ...work]);
    const stages = json!.stages as Record<string, unknown>[];
    const { directory: head, done, ...state } = stages.find(({ stage }) =>
      stage === "head"
    )!;
    assertEquals(state, {
      stage: "head",
      state: "partial",
      total: 5000,
      reasons: [],
      time: null,
    });
    assert(Number(done) >= Number(shown), `${done} epochs`);
    const path = directory.join(String(head), "checkpoint.safetensors");
    assert((await Deno.stat(path)).isFile);
  },
);
