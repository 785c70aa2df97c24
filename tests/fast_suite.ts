/**
 * Runs the fast tests, the files of a folder in one module.
 *
 * Deno starts an isolate for each module of tests and loads into it all that the module
 * imports: for three hundred files, most of them of milliseconds, that takes longer than
 * the tests. A test that fails is shown with its own file and line, and each file runs
 * by itself too.
 *
 * Run it as
 * `deno run --allow-read --allow-write=.tmp --allow-run=deno tests/fast_suite.ts`.
 *
 * @module
 */

import { walkFiles } from "./support/walk_files.ts";

/** Where the modules are while the tests run. */
const FOLDER = ".tmp/fast";

/** Files that other tasks run. */
const OTHERS = /_(slow|whole)_test\.ts$|^(backends|browser|faults)\//;

/** Files of one module at most: modules run in parallel. */
const MOST = 12;

/** Names the fast tests, by folder. */
async function listFolders(): Promise<Map<string, string[]>> {
  const all = await Array.fromAsync(walkFiles("tests"));
  const paths = all.filter((path) =>
    path.endsWith("_test.ts") && !OTHERS.test(path)
  );
  return Map.groupBy(
    paths.toSorted(),
    (path) => path.includes("/") ? path.slice(0, path.indexOf("/")) : "tests",
  );
}

await Deno.remove(FOLDER, { recursive: true }).catch(() => {});
await Deno.mkdir(FOLDER, { recursive: true });
for (const [folder, paths] of await listFolders()) {
  const count = Math.ceil(paths.length / MOST);
  for (let i = 0; i < count; i++) {
    const imports = paths
      .filter((_, index) => index % count === i)
      .map((path) => `import "../../tests/${path}";\n`);
    const name = `${FOLDER}/${folder}_${i + 1}_test.ts`;
    await Deno.writeTextFile(name, imports.join(""));
  }
}
const args = ["test", "--quiet", "--no-check", "-P", "--parallel", FOLDER];
const { code } = await new Deno.Command("deno", { args }).spawn().status;
await Deno.remove(FOLDER, { recursive: true });
Deno.exitCode = code;
