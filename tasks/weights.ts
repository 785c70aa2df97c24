/**
 * `deno task weights`: the backbones that are known by name, and any weight file.
 */

import type { NetworkReport, PresetStatus } from "../mod.ts";
import { printable } from "../pipeline/shown_text.ts";
import { UsageError } from "./cli/flags.ts";
import {
  PartialResultError,
  runTask,
  type Task,
  type TaskContext,
} from "./cli/run_task.ts";
import { renderTable } from "./cli/tables.ts";
import { resolveUserPath } from "./cli/user_path.ts";
import { count, percent } from "./cli/words.ts";

/** Returns the folder of fetched weights. */
function requireCache({ cache }: TaskContext): string {
  if (cache !== undefined) return cache;
  throw new UsageError(
    "Cannot choose a folder for fetched weights as HOME is not set: give --cache",
  );
}

/** Describes a preprocessing in a few words. */
function describe({ preprocessing }: PresetStatus): string {
  const { geometry, profile } = preprocessing;
  const { imageSize, resize, shortSide, interpolation } = geometry;
  const size = resize === "crop" ? `${shortSide} crop ${imageSize}` : imageSize;
  return `${profile}, ${size}, ${interpolation}`;
}

/** Shows the presets. */
async function list(context: TaskContext): Promise<object> {
  const { reporter } = context;
  const cache = requireCache(context);
  const { listPresets } = await import("../pipeline/run/weights.ts");
  const presets = await listPresets(cache);
  reporter.line(renderTable(
    ["preset", "state", "MB", "top-1", "licence", "preprocessing", ""],
    presets.map((preset) => [
      preset.name,
      preset.state,
      preset.megabytes,
      percent(preset.top1),
      preset.licence,
      describe(preset),
      preset.description,
    ]),
  ));
  reporter.line();
  reporter.line(`  downloaded weights are in ${cache}`);
  return { cache, presets };
}

/** Fetches the weights of a preset. */
async function fetchWeights(
  context: TaskContext,
  name: string,
): Promise<object> {
  const { reporter, signal } = context;
  const cache = requireCache(context);
  const emit = reporter.onEvent;
  const { fetchPreset } = await import("../pipeline/run/fetch_preset.ts");
  const { path, fetchedBytes } = await fetchPreset(name, {
    cache,
    signal,
    emit,
  });
  const how = fetchedBytes === 0 ? "is already downloaded" : "downloaded";
  reporter.line(`  ${name} ${how}: ${path}`);
  return { name, path, fetchedBytes };
}

/** Reads every byte of what was fetched. */
async function verify(context: TaskContext): Promise<object> {
  const { reporter } = context;
  const cache = requireCache(context);
  const { verifyPresets } = await import("../pipeline/run/weights.ts");
  const presets = await verifyPresets(cache);
  const names = Object.keys(presets);
  reporter.line(`  ${count(names.length, "preset")} in ${cache}`);
  for (const name of names) {
    reporter.line(`  ${name}: ${printable(presets[name] ?? "intact")}`);
  }
  const damaged = names.filter((name) => presets[name] !== null);
  if (damaged.length > 0) {
    throw new PartialResultError(
      `Cannot use ${damaged.join(", ")}: remove the file and fetch it again`,
      { cache, presets },
    );
  }
  return { cache, presets };
}

/** Tensors that are shown by name. */
const SHOWN_TENSORS = 5;

/** Names some tensors, and counts the others. */
function describeUnused(names: readonly string[]): string {
  if (names.length === 0) return "none";
  const more = names.length - SHOWN_TENSORS;
  const shown = names.slice(0, SHOWN_TENSORS).join(", ");
  return more > 0 ? `${shown} and ${more} more` : shown;
}

/** Says what a file is. */
async function inspect(context: TaskContext, file: string): Promise<object> {
  const { reporter } = context;
  const { inspectWeights } = await import("../pipeline/run/weights.ts");
  const report = await inspectWeights(resolveUserPath(file));
  const { network, problem } = report;
  const rows: [string, string][] = [
    ["format", report.format],
    ["tensors", `${report.tensors}, ${report.dtypes.join(", ")}`],
    ["SHA-256", report.digest],
    ...(network ? describeNetwork(network) : []),
  ];
  for (const [title, value] of rows) {
    reporter.line(`  ${title.padEnd(13)}  ${printable(value)}`);
  }
  if (problem !== null) throw new PartialResultError(problem, report);
  return report;
}

/** Rows about the network of a file. */
function describeNetwork(network: NetworkReport): [string, string][] {
  const { name, width, naming, prefix, classifier, unused } = network;
  const after = prefix && `, each after "${prefix}"`;
  return [
    ["network", `${name}, width ${width}`],
    ["naming", naming + after],
    ["graph", network.variant],
    ["preprocessing", network.profile],
    [
      "classifier",
      classifier
        ? `${classifier.name}, ${classifier.classes} classes, not used`
        : "none",
    ],
    ["unused", describeUnused(unused)],
  ];
}

/** Does what the words ask for. */
async function runWeights(context: TaskContext): Promise<object> {
  const [command = "list", argument, ...more] = context.words ?? [];
  const need = (what: string) => {
    if (argument !== undefined && more.length === 0) return argument;
    throw new UsageError(`Cannot use "${command}" without one ${what}`);
  };
  switch (command) {
    case "list":
      return await list(context);
    case "fetch":
      return await fetchWeights(context, need("preset"));
    case "verify":
      return await verify(context);
    case "inspect":
      return await inspect(context, need("file"));
    default:
      throw new UsageError(
        `Cannot use "${command}" as it must be one of list, fetch, verify, inspect`,
      );
  }
}

export const WEIGHTS: Task = {
  name: "weights",
  words: "[list | fetch NAME | verify | inspect FILE]",
  summary:
    "Lists the backbones known by name, downloads one, verifies those that were\ndownloaded, or says what a weight file is.",
  run: runWeights,
};

if (import.meta.main) await runTask(WEIGHTS);
