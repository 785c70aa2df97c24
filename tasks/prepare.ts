/**
 * `deno task prepare`: photos to tensor shards.
 *
 * @module
 */

import {
  openNativeJpeg,
  prepare,
  type PrepareResult,
  requireFetchable,
} from "../mod.ts";
import { readSettings } from "./cli/config_file.ts";
import { openWork } from "./cli/open_work.ts";
import { TASK_FLAGS } from "./cli/task_flags.ts";
import { UsageError } from "./cli/flags.ts";
import { nextCall } from "./cli/call.ts";
import { formatDuration } from "./cli/progress.ts";
import { count } from "./cli/words.ts";
import { runTask, type Task, type TaskContext } from "./cli/run_task.ts";

/** What `--json` prints. */
export interface PrepareOutput extends PrepareResult {
  /** Duration. */
  seconds: number;
}

/** Refuses to decode by a library that cannot be used. */
async function requireNativeJpeg(): Promise<void> {
  const { state } = await Deno.permissions.query({ name: "ffi" });
  if (state !== "granted") {
    throw new UsageError(
      "Cannot use --native-jpeg as it needs --allow-ffi: run the task prepare:native instead",
    );
  }
  if (await openNativeJpeg() === undefined) {
    throw new UsageError(
      "Cannot use --native-jpeg as there is no libjpeg-turbo (libturbojpeg) on this system that gives the pixels of the embedded one: install it, or run the task prepare",
    );
  }
}

/** Prepares a run and tells what came of it. */
export async function runPrepare(
  context: TaskContext,
): Promise<PrepareOutput> {
  const { run, reporter, signal, values } = context;
  const started = Date.now();
  const settings = await readSettings(context);
  const { backbone } = settings;
  if (backbone !== undefined) await requireFetchable(backbone, context);
  const nativeJpeg = values["native-jpeg"] === true;
  if (nativeJpeg) await requireNativeJpeg();
  using workspace = await openWork(context, { create: true });
  reporter.line(`prepare: run "${run}" in ${workspace.root}`);
  const result = await prepare(workspace, {
    run,
    settings,
    signal,
    onEvent: reporter.onEvent,
    verify: values.verify === true,
    cache: context.cache,
    nativeJpeg,
  });
  const { images, classes, splits, rejected, directory } = result;
  const { turned, orientation } = result;
  const { train, validation, test } = splits;
  reporter.line(
    `  ${
      count(images, "image")
    } of ${classes} classes: ${train} train, ${validation} validation, ${test} test`,
  );
  if (rejected > 0) {
    reporter.line(
      `  ${
        count(rejected, "image")
      } left out, with reasons in ${directory}/rejected.jsonl`,
    );
  }
  if (turned > 0) {
    const photos = count(turned, "image");
    reporter.line(
      orientation === "apply"
        ? `  ${photos} turned upright by EXIF orientation`
        : `  ${photos} not upright, as this run ignores EXIF orientation; --orientation=apply turns them`,
    );
  }
  if (result.data === null && !context.isPart) {
    reporter.line(
      "  these are the embedded photos: give yours with --data DIR",
    );
  }
  const ms = Date.now() - started;
  reporter.line(
    `  prepared in ${formatDuration(ms)}${nextCall(context, "train")}`,
  );
  return { ...result, seconds: ms / 1000 };
}

/** The task. */
export const PREPARE: Task = {
  name: "prepare",
  summary:
    "Indexes a folder of photos (train/<class>/…, or <class>/…) and writes tensor\nshards. The settings are stored with the run: train and eval need no flags, and\nprepare uses them again when it is run again.",
  flags: TASK_FLAGS.prepare,
  resumes: true,
  run: runPrepare,
};

if (import.meta.main) await runTask(PREPARE);
