/**
 * Test files that share isolates.
 *
 * Deno starts an isolate for each module of tests and loads into it all that the module
 * imports: for three hundred files, most of them of milliseconds, that takes longer than
 * the tests. A test that fails is shown with its own file and line, and each file runs
 * by itself too.
 *
 * @module
 */

/** Where modules are while their tests run, by the process; `deno.json` lets Deno look for tests there. */
const ROOT = ".tmp/fast";

/** Modules that import test files. */
export interface SharedIsolates extends AsyncDisposable {
  /** Path of the folder of the modules. */
  folder: string;
}

/** Age at which modules are those of a process that was killed: longer than any suite. */
const OLD_MS = 6 * 3600 * 1000;

/** Removes the modules that killed processes have left. */
async function sweep(): Promise<void> {
  for await (const { name } of Deno.readDir(ROOT)) {
    const path = `${ROOT}/${name}`;
    // Another suite may have ended and removed its own.
    const info = await Deno.stat(path).catch(() => undefined);
    if (!info || Date.now() - Number(info.mtime) < OLD_MS) continue;
    await Deno.remove(path, { recursive: true });
  }
}

/**
 * Writes modules, each of which imports some of the test files of a folder.
 *
 * @param paths Paths of test files, from the folder of `deno.json`.
 * @param most Files of one module at most: modules run in parallel.
 */
export async function shareIsolates(
  paths: readonly string[],
  most: number,
): Promise<SharedIsolates> {
  const folder = `${ROOT}/${Deno.pid}`;
  await Deno.mkdir(folder, { recursive: true });
  await sweep();
  const place = (path: string) => path.split("/").slice(0, -1)[1] ?? "others";
  for (const [name, all] of Map.groupBy(paths.toSorted(), place)) {
    const count = Math.ceil(all.length / most);
    for (let i = 0; i < count; i++) {
      const imports = all
        .filter((_, index) => index % count === i)
        .map((path) => `import "../../../${path}";\n`);
      const module = `${folder}/${name}_${i + 1}_test.ts`;
      await Deno.writeTextFile(module, imports.join(""));
    }
  }
  return {
    folder,
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}
