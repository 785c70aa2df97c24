/** `deno task export`: the trained model of a run, for other programs. */

import { format as formatBytes } from "@std/fmt/bytes";
import type { ExportFormatName, ExportResult } from "../mod.ts";
import { EXPORT_FORMATS } from "../pipeline/export/formats.ts";
import { refuseValue, UsageError } from "./cli/flags.ts";
import { readWork } from "./cli/stage_task.ts";
import { runTask, type Task, type TaskContext } from "./cli/run_task.ts";
import { resolveUserPath } from "./cli/user_path.ts";
import { count, percent } from "./cli/words.ts";

/** Reads a flag that must be given. */
function requireText(values: TaskContext["values"], name: string): string {
  const text = values[name];
  if (typeof text === "string") return text;
  throw new UsageError(`Cannot export without --${name}`);
}

function readFormat(values: TaskContext["values"]): ExportFormatName {
  const text = requireText(values, "format");
  const rule = `it must be one of ${EXPORT_FORMATS.join(", ")}`;
  return EXPORT_FORMATS.find((name) => name === text) ??
    refuseValue("format", rule, text);
}

/** Tells what came of an export. */
function report({ check, files }: ExportResult): string[] {
  const { agreement, runtime, tolerance, half } = check;
  const { photos, sameTop1, largestDifference } = agreement;
  const bytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return [
    `${count(files.length + 1, "file")}, ${formatBytes(bytes)}`,
    `agreement in ${runtime}: same class on ${sameTop1} of ${
      count(photos, "photo")
    }, probabilities within ${
      largestDifference.toExponential(1)
    } (at most ${tolerance})`,
    ...half
      ? [
        `half precision: top-1 ${percent(half.top1After)} on ${
          count(half.photos, "photo")
        }, ${percent(half.top1Before)} before`,
      ]
      : [],
  ];
}

async function runExport(context: TaskContext): Promise<object> {
  const { values, run, work, cache, reporter, signal } = context;
  const format = readFormat(values);
  const out = resolveUserPath(requireText(values, "out"));
  reporter.line(`export: run "${run}" in ${work} as ${format}`);
  const { exportRun } = await import("../pipeline/export/export_run.ts");
  const result = await exportRun(await readWork(context), {
    run,
    format,
    out,
    half: values.half === true,
    floatInput: values["float-nchw"] === true,
    cache,
    signal,
    onEvent: reporter.onEvent,
  });
  reporter.stop();
  for (const line of report(result)) reporter.line(`  ${line}`);
  reporter.line(`  exported to ${out}`);
  return { ...result, out };
}

export const EXPORT: Task = {
  name: "export",
  summary:
    "Writes the trained model of a run for other programs: backbone and head, with labels,\npreprocessing, licence, photos with their answers, and a model card. The export\nis then run, and fails if its answers differ from those of the run.",
  run: runExport,
};

if (import.meta.main) await runTask(EXPORT);
