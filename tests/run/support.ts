/**
 * Work directories for tests of whole runs.
 *
 * @module
 */

import { fromFileUrl, join } from "@std/path";
import type { Config } from "../../pipeline/config/config_type.ts";
import type { PipelineEvent } from "../../pipeline/run/events.ts";
import { evaluate } from "../../pipeline/run/evaluate.ts";
import { prepare } from "../../pipeline/run/prepare.ts";
import { train } from "../../pipeline/run/train.ts";
import { openWorkspace, type Workspace } from "../../pipeline/run/workspace.ts";
import { copyFolder } from "../e2e/support.ts";
import { tempDir } from "../support/temp_dir.ts";
import { copyMade } from "../support/made_folder.ts";

/** Settings under which the embedded photos take a second. */
export const QUICK: Partial<Config> = {
  engine: "cpu",
  imageSize: 32,
  shardSize: 32,
  hidden: 16,
  epochs: 2,
};

/** How far a run is. */
export type QuickState = "prepared" | "trained" | "evaluated";

/** Copies a work directory whose run `default` is as far as `state` with {@linkcode QUICK}. */
export function copyQuick(state: QuickState, to: string): Promise<void> {
  return copyMade(state, async (root) => {
    if (state === "trained") await copyQuick("prepared", root);
    if (state === "evaluated") await copyQuick("trained", root);
    using workspace = await openWorkspace(root);
    switch (state) {
      case "prepared":
        return await prepare(workspace, { settings: QUICK });
      case "trained":
        return await train(workspace);
      case "evaluated":
        return await evaluate(workspace);
      default:
        return state satisfies never;
    }
  }, to);
}

/** A work directory that is removed when it is disposed of. */
export interface TestWorkspace extends Workspace, AsyncDisposable {
  /** What was heard, in order. */
  events: PipelineEvent[];
  /** Called for every event; adds it to `events`. */
  onEvent: (event: PipelineEvent) => void;
  /** Flips the last bit of a file. */
  damage(path: string): Promise<void>;
}

/** Opens a trained run with three splits, so that there is a temperature. */
export async function threeSplitRun(
  settings: Partial<Config> = {},
): Promise<TestWorkspace> {
  const workspace = await testWorkspace();
  const all = { ...QUICK, epochs: 20, test: 0.2, ...settings };
  const make = async (root: string) => {
    using workspace = await openWorkspace(root);
    await prepare(workspace, { settings: all });
    await train(workspace);
  };
  const isPlain = Object.keys(settings).length === 0;
  if (isPlain) await copyMade("three-splits", make, workspace.root);
  else await make(workspace.root);
  return workspace;
}

/** Opens an empty work directory, or one whose run `default` is as far as `state` with `QUICK`. */
export async function testWorkspace(
  state?: QuickState,
): Promise<TestWorkspace> {
  const directory = await tempDir();
  if (state) await copyQuick(state, directory.path);
  const { root, store, [Symbol.dispose]: unlock } = await openWorkspace(
    directory.path,
  );
  const events: PipelineEvent[] = [];
  return {
    root,
    store,
    events,
    onEvent: (event) => void events.push(event),
    async damage(path) {
      const bytes = (await store.read(path))!;
      bytes[bytes.length - 1]! ^= 1;
      await store.writeAtomic(path, bytes);
    },
    async [Symbol.asyncDispose]() {
      unlock();
      await directory[Symbol.asyncDispose]();
    },
  };
}

/** Copies the complete run of `fixtures/` into a work directory. */
export async function copyRun({ root }: Workspace): Promise<void> {
  const kept = fromFileUrl(
    new URL("../../fixtures/work_0_1/", import.meta.url),
  );
  for (const folder of ["artifacts", "runs"]) {
    await copyFolder(join(kept, folder), join(root, folder));
  }
}
