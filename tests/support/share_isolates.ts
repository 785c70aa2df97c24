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

/** Where modules are while their tests run; `deno.json` lets Deno look for tests there. */
const ROOT = ".tmp/fast";

/** Modules that import test files. */
export interface SharedIsolates extends AsyncDisposable {
  /** Path of the folder of the modules. */
  folder: string;
}

/**
 * Writes modules, each of which imports some of the test files of a folder.
 *
 * @param name Name for all of them.
 * @param paths Paths of test files, from the folder of `deno.json`.
 * @param most Files of one module at most: modules run in parallel.
 */
export async function shareIsolates(
  name: string,
  paths: readonly string[],
  most: number,
): Promise<SharedIsolates> {
  const folder = `${ROOT}/${name}`;
  const remove = () => Deno.remove(folder, { recursive: true });
  await remove().catch(() => {});
  await Deno.mkdir(folder, { recursive: true });
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
  return { folder, [Symbol.asyncDispose]: remove };
}
