/** `deno task prepare`: photos to tensor shards. */

import type { PrepareResult } from "../mod.ts";
import { readSettings } from "./cli/config_file.ts";
import { openWork, stageOptions } from "./cli/stage_task.ts";
import { UsageError } from "./cli/flags.ts";
import { nextCall } from "./cli/call.ts";
import { formatDuration } from "./cli/progress.ts";
import { count } from "./cli/words.ts";
import {
  readRole,
  runShare,
  type ShareOutput,
  type ShareRole,
} from "./cli/share.ts";
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
  const { openNativeJpeg } = await import("../pipeline/image/native_jpeg.ts");
  if (await openNativeJpeg() === undefined) {
    throw new UsageError(
      "Cannot use --native-jpeg as there is no libjpeg-turbo (libturbojpeg) on this system that gives the pixels of the embedded one: install it, or run the task prepare",
    );
  }
}

/** Prepares a run and tells what came of it. */
export async function runPrepare(context: TaskContext): Promise<PrepareOutput> {
  const { prepare } = await import("../pipeline/run/prepare.ts");
  const { requireFetchable } = await import("../pipeline/run/fetch_preset.ts");
  const { run, reporter, values } = context;
  const started = Date.now();
  const settings = await readSettings(context);
  const { backbone } = settings;
  if (backbone !== undefined) await requireFetchable(backbone, context);
  const nativeJpeg = values["native-jpeg"] === true;
  if (nativeJpeg) await requireNativeJpeg();
  using workspace = await openWork(context, { create: true });
  reporter.line(`prepare: run "${run}" in ${workspace.root}`);
  const result = await prepare(workspace, {
    ...stageOptions(context),
    settings,
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

/** What `--json` prints of an index alone. */
interface IndexOutput {
  run: string;
  /** Directory of the index, relative to the work directory. */
  directory: string;
  /** What its manifest counts. */
  counts: Record<string, number>;
  /** Duration. */
  seconds: number;
}

/** Indexes the photos, and no more. */
async function indexPhotos(context: TaskContext): Promise<IndexOutput> {
  const { openRun } = await import("../pipeline/run/open_run.ts");
  const { DATASET_INDEX } = await import(
    "../pipeline/stages/dataset_index.ts"
  );
  const { run: name, reporter } = context;
  const started = Date.now();
  const settings = await readSettings(context);
  using workspace = await openWork(context, { create: true });
  reporter.line(`prepare: run "${name}" in ${workspace.root}, the index`);
  const run = await openRun(workspace, { ...stageOptions(context), settings });
  const { files, manifest: { counts } } = await run.complete(DATASET_INDEX);
  reporter.line(
    `  indexed ${count(counts.images!, "image")} of ${counts.classes} classes${
      nextCall(context, "prepare")
    }`,
  );
  const seconds = (Date.now() - started) / 1000;
  return { run: name, directory: files.directory, counts, seconds };
}

/** Does a share of indexing, or of the tensors. */
async function prepareShare(
  context: TaskContext,
  role: ShareRole,
): Promise<ShareOutput> {
  const settings = await readSettings(context);
  const nativeJpeg = context.values["native-jpeg"] === true;
  if (nativeJpeg) await requireNativeJpeg();
  const { DATASET_INDEX } = await import(
    "../pipeline/stages/dataset_index.ts"
  );
  const { TENSORS } = await import("../pipeline/stages/tensors.ts");
  const how = { task: "prepare", settings, nativeJpeg };
  return context.values.index === true
    ? await runShare(context, DATASET_INDEX, role, {
      ...how,
      flags: ["index"],
      next: "prepare",
    })
    : await runShare(context, TENSORS, role, { ...how, next: "embed" });
}

/** Prepares a run: all of it, the index alone, or a share of either. */
async function runTaskPrepare(context: TaskContext): Promise<object> {
  const role = readRole(context.values);
  if (role !== undefined) return await prepareShare(context, role);
  if (context.values.index === true) return await indexPhotos(context);
  return await runPrepare(context);
}

export const PREPARE: Task = {
  name: "prepare",
  summary:
    "Indexes a folder of photos (train/<class>/…, or <class>/…) and writes tensor\nshards. The settings are stored with the run: train and eval need no flags, and\nprepare uses them again when it is run again.",
  resumes: true,
  run: runTaskPrepare,
};

if (import.meta.main) await runTask(PREPARE);
