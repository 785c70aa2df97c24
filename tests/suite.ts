/**
 * Runs the fast tests but those of backends, or the tests of whole runs. None needs a
 * GPU: `deno.json` hides it, as its driver may crash; see `webgpu_suite.ts`.
 *
 * Run it as
 * `deno run --allow-read --allow-write=.tmp --allow-run=deno --allow-env tests/suite.ts fast|whole`;
 * more arguments are those of `deno test`.
 *
 * @module
 */

import { shareIsolates } from "./support/share_isolates.ts";
import { walkFiles } from "./support/walk_files.ts";

const [which, ...more] = Deno.args;
const isWhole = which === "whole";

/** Whether files are run by this, by their paths. */
const own = isWhole
  ? (path: string) => path.endsWith("_whole_test.ts")
  : (path: string) =>
    path.endsWith("_test.ts") &&
    !/_(slow|whole)_test\.ts$|^(backends|browser|faults)\//.test(path);

const paths = (await Array.fromAsync(walkFiles("tests")))
  .filter(own).map((path) => `tests/${path}`);

/**
 * Files of whole runs that run no line and no function which others do not run. Coverage
 * takes half as long again, so theirs is not noted.
 */
const NOT_COUNTED = new Set([
  "deploy/jobs",
  "export/export_run",
  "run/complete_report",
  "run/damaged_class",
  "run/findings",
  "run/hostile_photos",
  "run/preprocess/pool_blameless",
  "run/stages",
  "run/status",
  "stages/tensors",
  "tasks/cli/run_task",
  "tasks/status",
  "weights/formats/hdf5_client",
  "workers/hosted",
].map((name) => `tests/${name}_whole_test.ts`));

/** Runs test files; returns the code they end with. */
async function test(paths: readonly string[], isCounted: boolean) {
  const env = Deno.env.toObject();
  if (!isCounted) delete env["DENO_COVERAGE_DIR"];
  await using isolates = await shareIsolates(paths, isWhole ? 5 : 12);
  const flags = ["--quiet", "--no-check", "-P", "--parallel", ...more];
  const args = ["test", ...flags, isolates.folder];
  const command = new Deno.Command("deno", { args, env, clearEnv: true });
  return (await command.spawn().status).code;
}

const isNoting = Deno.env.has("DENO_COVERAGE_DIR");
const groups = Map.groupBy(
  paths,
  (path) => !isNoting || !NOT_COUNTED.has(path),
);
for (const [isCounted, some] of groups) {
  Deno.exitCode ||= await test(some, isCounted);
}
