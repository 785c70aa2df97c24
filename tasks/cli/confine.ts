/**
 * The permissions that a command line needs, of those that `deno.json` gives its task.
 */

import { basename, dirname, fromFileUrl, join } from "../../pipeline/path.ts";
import { cacheDirectory } from "../../pipeline/weights/cache_directory.ts";
import { isLocation } from "../../pipeline/s3/location.ts";
import { temporaryFolder } from "../../pipeline/s3/temporary_folder.ts";
import { DEFAULT_PORT } from "../../pipeline/serve/limits.ts";
import { codeFolders } from "../../pipeline/workers/permissions.ts";
import { defaultWork, resolveFromCaller } from "./caller_folder.ts";
import {
  collectSettings,
  type Line,
  look,
  readLine,
  textOf,
} from "./command_line.ts";

/** Code, configuration and embedded photos. */
const PROJECT = new URL("../../", import.meta.url);

/** Tasks that look at the photos of a run, if only to see whether it is stale. */
const WITH_PHOTOS =
  /^(prepare|embed|train|eval|status|summary|export|build|compare)$/;

/** Tasks that may fetch weights. */
const FETCHES = /^(prepare|embed|train|weights)$/;

/** Tasks that run on the engine that is chosen, and on no other. */
const CHOOSES = /^(embed|train|eval|predict|serve)$/;

/** Engines without native code. */
const WITHOUT_NATIVE = /^(wasm|webgpu)$/;

/** A list of photos: its rows lead anywhere. */
const LIST = /\.(csv|tsv|jsonl|parquet|txt)$/i;

/** Returns a path, and where it leads if there is a link on the way to it. */
function withTarget(path: string): string[] {
  try {
    return [path, Deno.realPathSync(path)];
  } catch {
    const parent = dirname(path);
    if (parent === path) return [path];
    return withTarget(parent).map((folder) => join(folder, basename(path)));
  }
}

/** Returns a path that exists; of any other, the first folder that is to be made. */
function firstNew(path: string): string {
  const parent = dirname(path);
  const isFirst = look(path) || look(parent) || parent === path;
  return isFirst ? path : firstNew(parent);
}

/** Returns what exists on the way to a path. */
function nearest(path: string): string {
  const first = firstNew(path);
  return look(first) ? first : dirname(first);
}

/** Returns the folder that a pattern stays in: that before its first wildcard. */
function folderOf(pattern: string): string {
  const start = pattern.search(/[*?[{(]/);
  return start < 0 || look(pattern)
    ? pattern
    : dirname(`${pattern.slice(0, start)}_`);
}

/** Finds the folder of fetched weights. */
function findCache({ values }: Line): string[] {
  const given = values.get("cache");
  if (given !== undefined) return [resolveFromCaller(given)];
  try {
    return [cacheDirectory(Deno.env, Deno.build.os)];
  } catch {
    return [];
  }
}

/** Narrows a permission for paths, where the task has it for all of them. */
function narrow(
  name: "read" | "write",
  paths: readonly string[],
): string[] | "inherit" | false {
  const { state } = Deno.permissions.querySync({ name });
  if (state === "granted") return [...new Set(paths.flatMap(withTarget))];
  // Somebody has narrowed it already.
  return "inherit";
}

/** The address that a server listens on, and nothing else. */
function ownAddress({ values }: Line): string[] | "inherit" {
  const address = values.get("listen") ?? "127.0.0.1";
  const name = /^[^[].*:/.test(address) ? `[${address}]` : address;
  const host = `${name}:${Number(values.get("port") ?? DEFAULT_PORT)}`;
  try {
    const { state } = Deno.permissions.querySync({ name: "net", host });
    return state === "granted" ? [host] : "inherit";
  } catch {
    return "inherit";
  }
}

/** Finds files of weights, and checkpoints of TensorFlow, which are called by the start of the names of their files. */
function findWeights(names: readonly string[]): string[] {
  return names.map(resolveFromCaller).filter((path) =>
    look(path)?.isFile || look(`${path}.index`)?.isFile
  );
}

/** Whether a task may load native code. */
function isNative({ task, values }: Line, engines: readonly string[]): boolean {
  if (task === "prepare") return values.has("native-jpeg");
  if (!CHOOSES.test(task)) return true;
  const given = values.get("engine");
  const chosen = given === undefined ? engines : [given];
  return chosen.length === 0 ||
    chosen.some((engine) => !WITHOUT_NATIVE.test(engine));
}

/**
 * Says what a command line needs.
 *
 * Reading everything stays where rows of a list, lines of standard input, links that
 * are made, or an object store and the files of its credentials lead anywhere.
 *
 * @returns Permissions for the worker that does the task; none beyond those of this thread.
 */
export function confine(
  task: string,
  args: readonly string[],
): Deno.PermissionOptionsObject {
  const line = readLine(task, args);
  const { words, values } = line;
  const paths = (...names: string[]): string[] =>
    names.map((name) => values.get(name)).filter((path) => path !== undefined)
      .filter((path) => !isLocation(path)).map(resolveFromCaller);
  const work = values.has("work") ? paths("work") : [defaultWork()];
  const settings = work.flatMap((work) => collectSettings(line, work));
  const photos = textOf(settings, "data");
  const isRemote = [...photos, ...words].some(isLocation);
  const data = WITH_PHOTOS.test(task) ? photos.map(resolveFromCaller) : [];
  const backbones = textOf(settings, "backbone").filter((name) =>
    name !== "tiny"
  );
  const files = findWeights(backbones);
  const inspected = task === "weights" ? findWeights(words) : [];
  const places = task === "predict" ? words : [];
  const named = places.map(resolveFromCaller).map(folderOf);
  // What it has built is tried, with every right of this user.
  const starts = values.has("open") || task === "build";
  const leadsAnywhere = task === "build" || isRemote || words.includes("-") ||
    values.has("link") ||
    [...data, ...named].some((path) => LIST.test(path) && look(path)?.isFile);
  const cache = findCache(line);
  const written = [
    ...work,
    // The folder of a new file or folder, which is renamed when it is complete; where it
    // is missing, no more than what is made for it.
    ...paths("out").map((path): string => firstNew(dirname(path))),
    ...paths("heatmap", "sort"),
    ...task === "doctor" ? work.map(nearest) : [],
    ...FETCHES.test(task) ? cache : [],
    // Copies of what an object store holds, for who cannot wait for it.
    ...isLocation(values.get("work") ?? "")
      ? [temporaryFolder(Deno.env, Deno.build.os)]
      : [],
  ];
  const read = [
    ...[PROJECT, ...codeFolders()].map((url): string => fromFileUrl(url)),
    // Deno asks for it before it says where the program runs.
    Deno.cwd(),
    ...[...written, ...cache],
    ...paths("config", "token-file", "cert", "key", "deno"),
    // Of weights that are gone, the task says so.
    ...backbones.map(resolveFromCaller).flatMap((path) => [
      path,
      `${path}.index`,
    ]),
    // The parts of a file that is split lie beside it.
    ...[
      ...data,
      ...named,
      ...[...files, ...inspected].map((path): string => dirname(path)),
    ],
  ];
  const needsNet = isRemote || words.includes("fetch") ||
    FETCHES.test(task) && backbones.length > files.length;
  const net = needsNet ? "inherit" : false;
  return {
    read: leadsAnywhere ? "inherit" : narrow("read", read),
    write: task === "build" || values.has("link")
      ? "inherit"
      : narrow("write", written),
    net: task === "serve" ? ownAddress(line) : net,
    ffi: isNative(line, textOf(settings, "engine")) ? "inherit" : false,
    run: starts ? "inherit" : false,
    env: "inherit",
    sys: "inherit",
  };
}
