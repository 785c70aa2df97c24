/**
 * Packing a trained run: a small work directory with all that classifying needs,
 * which may be moved to another place or machine.
 */

import { basename } from "../path.ts";
import { FileStore } from "../artifact/file_store.ts";
import { freeBytes } from "../artifact/free_bytes.ts";
import type { ReadableStore, Store } from "../artifact/store.ts";
import { PRESETS } from "../backbone/presets.ts";
import { closeWeights } from "../run/backbone.ts";
import type { PipelineOptions } from "../run/events.ts";
import { resumeRun } from "../run/open_run.ts";
import { presetPath } from "../run/preset_cache.ts";
import type { Run } from "../run/run.ts";
import { writeRun } from "../run/run_file.ts";
import type { Workspace } from "../run/workspace.ts";
import { EVALUATION } from "../stages/evaluation.ts";
import { HEAD } from "../stages/head.ts";
import { openWeights } from "../weights/mod.ts";
import { readTrainedModel, requireBackbone } from "./trained_model.ts";

/** Folder of the weights of the backbone. */
const BACKBONE = "backbone";

/** Methods of a store that read the file of their first argument. */
const READS = ["read", "readRange", "openSync"];

/** Which run to pack. */
export interface PackOptions
  extends Pick<PipelineOptions, "signal" | "onEvent" | "cache"> {
  /** Name of the run. @default {"default"} */
  run?: string | undefined;
}

/** Notes the paths that are read from a store. */
function recordReads<S extends ReadableStore>(store: S, paths: Set<string>): S {
  return new Proxy(store, {
    get(target, name) {
      const value = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        if (READS.includes(String(name))) paths.add(args[0] as string);
        return value.apply(target, args);
      };
    },
  });
}

/** Copies files; those that are not there are passed over. */
async function copyFiles(
  paths: Iterable<string>,
  from: ReadableStore,
  to: { store: Store; rename: (path: string) => string },
): Promise<void> {
  for (const path of paths) {
    const bytes = await from.read(path);
    if (bytes === undefined) continue;
    await to.store.writeAtomic(to.rename(path), bytes);
    freeBytes(bytes);
  }
}

/** Copies the weights of a backbone, and returns the setting that finds them. */
async function packBackbone(run: Run, target: Store): Promise<string> {
  const { parts: { backbone: { name }, cache } } = run;
  const preset = Object.hasOwn(PRESETS, name) ? PRESETS[name]! : undefined;
  // What the program has in itself is not copied.
  if (preset?.url?.startsWith("file:")) return name;
  const path = preset
    ? (await presetPath(name, preset, { cache })).path!
    : name;
  const paths = new Set<string>();
  const disk = new FileStore("/");
  closeWeights((await openWeights(recordReads(disk, paths), path))!);
  const rename = (path: string) => `${BACKBONE}/${basename(path)}`;
  await copyFiles(paths, disk, { store: target, rename });
  return `./${rename(path)}`;
}

/**
 * Packs what classifying with a run needs: its head, the numbers of its evaluation,
 * and the weights of its backbone. Neither photos nor their names are among it, nor
 * paths of this machine.
 *
 * @example Usage
 * ```ts ignore
 * await packRun(readWorkspace(".headstart"), "flowers-model");
 * const workspace = readWorkspace("flowers-model");
 * await using classifier = await loadClassifier(workspace);
 * ```
 *
 * @param workspace The work directory; nothing is written there.
 * @param folder Path of the folder that becomes the packed work directory.
 * @throws {MissingArtifactError} If there is no such run, or it is not trained to its end.
 * @throws {ConfigError} If the weights of the backbone are gone.
 * @throws {DigestMismatchError} If they are not those that the head was trained on.
 */
export async function packRun(
  workspace: Workspace,
  folder: string,
  options: PackOptions = {},
): Promise<string> {
  const paths = new Set<string>();
  const store = recordReads(workspace.store, paths);
  const run = await resumeRun({ ...workspace, store }, options);
  const model = await readTrainedModel(run);
  await requireBackbone(run, model);
  const target = new FileStore(folder);
  const own = [...paths].filter((path) => path.startsWith("artifacts/"));
  const rename = (path: string) => path;
  await copyFiles(own, workspace.store, { store: target, rename });
  const backbone = await packBackbone(run, target);
  const { file: { name, config, works, backbone: known } } = run.parts;
  const kept = [HEAD, ...model.metrics ? [EVALUATION] : []];
  await writeRun(target, {
    name,
    config: { ...config, data: null, backbone },
    backbone: known && { ...known, name: backbone },
    works: Object.fromEntries(kept.map(({ name }) => [name, works[name]!])),
  });
  return name;
}
