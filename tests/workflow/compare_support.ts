/**
 * Runs for the tests of comparisons.
 *
 * @module
 */

import { compare, type Config, evaluate, prepare, train } from "../../mod.ts";
import type { PipelineEvent } from "../../pipeline/workflow/context.ts";
import { QUICK, type TestWorkspace, testWorkspace } from "./support.ts";

/** Completes a run with some settings. */
export async function complete(
  workspace: TestWorkspace,
  run: string,
  settings: Partial<Config> = {},
) {
  await prepare(workspace, { run, settings: { ...QUICK, ...settings } });
  await train(workspace, { run });
  return await evaluate(workspace, { run });
}

/** Reads the page of a comparison. */
export async function readPage(
  { store }: TestWorkspace,
  path: string,
): Promise<string> {
  return new TextDecoder().decode((await store.read(path))!);
}

/** Changes a file of a work directory. */
export type ChangeFile = (
  workspace: TestWorkspace,
  path: string,
) => Promise<void>;

/** Removes a file. */
export const remove: ChangeFile = ({ store }, path) => store.remove(path);

/** Flips a bit of a file. */
export const flip: ChangeFile = (workspace, path) => workspace.damage(path);

/** Completes two runs, changes the artifacts whose path holds a text, and compares. */
export async function compareChanged(
  part: string,
  change: ChangeFile,
): Promise<{ html: string; events: PipelineEvent[] }> {
  await using workspace = await testWorkspace();
  await complete(workspace, "one");
  await complete(workspace, "two", { hidden: 0, epochs: 1 });
  const { store, events, onEvent } = workspace;
  for (const { path } of await store.list("artifacts")) {
    if (path.includes(part)) await change(workspace, path);
  }
  const { page } = await compare(workspace, { runs: ["one", "two"], onEvent });
  return { html: await readPage(workspace, page), events };
}
