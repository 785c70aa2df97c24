/** `deno task embed`: tensor shards to embedding shards. */

import { openWork, stageOptions } from "./cli/stage_task.ts";
import { nextCall } from "./cli/call.ts";
import { formatDuration } from "./cli/progress.ts";
import { runTask, type Task, type TaskContext } from "./cli/run_task.ts";
import { readRole, runShare } from "./cli/share.ts";
import { count } from "./cli/words.ts";

/** Embeds the tensors of a run, or a part of them, and tells what came of it. */
async function runEmbed(context: TaskContext): Promise<object> {
  const { run, reporter, settings, values } = context;
  const role = readRole(values);
  if (role !== undefined) {
    const { EMBEDDINGS } = await import("../pipeline/stages/embeddings.ts");
    const options = { task: "embed", settings, next: "train" };
    return await runShare(context, EMBEDDINGS, role, options);
  }
  const started = Date.now();
  const { embed } = await import("../pipeline/run/embed.ts");
  using workspace = await openWork(context, { create: false });
  reporter.line(`embed: run "${run}" in ${workspace.root}`);
  const result = await embed(workspace, { ...stageOptions(context), settings });
  const ms = Date.now() - started;
  reporter.line(
    `  ${
      count(result.embedded, "image")
    } embedded, ${result.reused} reused, in ${formatDuration(ms)}${
      nextCall(context, "train")
    }`,
  );
  return { ...result, seconds: ms / 1000 };
}

export const EMBED: Task = {
  name: "embed",
  summary:
    "Embeds the tensors of a prepared run with the frozen backbone, as train does before\nit trains. On several machines, each takes a --part, and --seal completes them.",
  resumes: true,
  run: runEmbed,
};

if (import.meta.main) await runTask(EMBED);
