/**
 * Runs for the tests of comparisons.
 *
 * @module
 */

import { compare, type Config, evaluate, prepare, train } from "../../mod.ts";
import type { PipelineEvent } from "../../pipeline/run/events.ts";
import { QUICK, type TestWorkspace, testWorkspace } from "./support.ts";

/** Completes a run with some settings, but for its page. */
export async function complete(
  workspace: TestWorkspace,
  run: string,
  settings: Partial<Config> = {},
) {
  await prepare(workspace, { run, settings: { ...QUICK, ...settings } });
  await train(workspace, { run });
  return await evaluate(workspace, { run, report: false });
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

/** Opens a work directory with runs `one` and `two`. */
export async function twoRuns(): Promise<TestWorkspace> {
  const workspace = await testWorkspace("evaluated");
  await complete(workspace, "one");
  await complete(workspace, "two", { hidden: 0, epochs: 1 });
  return workspace;
}

/** Compares the two runs while the artifacts whose path holds a text are changed. */
export async function compareChanged(
  workspace: TestWorkspace,
  part: string,
  change: ChangeFile,
): Promise<{ html: string; events: PipelineEvent[] }> {
  const { store } = workspace;
  const events: PipelineEvent[] = [];
  const onEvent = (event: PipelineEvent) => void events.push(event);
  const entries = await store.list("artifacts");
  const paths = entries.map(({ path }) => path).filter((path) =>
    path.includes(part)
  );
  const before = await Promise.all(paths.map((path) => store.read(path)));
  for (const path of paths) await change(workspace, path);
  try {
    const runs = ["one", "two"];
    const { page } = await compare(workspace, { runs, onEvent });
    return { html: await readPage(workspace, page), events };
  } finally {
    for (const [i, path] of paths.entries()) {
      await store.writeAtomic(path, before[i]!);
    }
  }
}
