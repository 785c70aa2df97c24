/**
 * The modules of the project and what they import, as Deno resolves it.
 *
 * @module
 */

import { fromFileUrl } from "@std/path";

const ROOT = new URL("../../", import.meta.url);

/** Something a module imports. */
export interface Import {
  /** As it is written. */
  specifier: string;
  /** Path from the root of the project, or what it stands for outside of it. */
  target: string;
  /** Whether it loads with the module, later by `import()`, or never: types. */
  loads: "first" | "later" | "never";
}

/** A module of the project. */
export interface SourceModule {
  /** Path from the root of the project. */
  path: string;
  /** Its text. */
  source: string;
  /** What it imports; types, and what is loaded later, included. */
  imports: Import[];
}

/** The part of the output of `deno info --json` that is of use here. */
interface ModuleGraph {
  modules: {
    specifier: string;
    error?: string;
    dependencies?: {
      specifier: string;
      code?: { specifier?: string };
      type?: { specifier?: string };
      isDynamic?: boolean;
    }[];
  }[];
}

/** Lists the modules below a folder, as URLs. */
async function listModules(folder: URL): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) {
      found.push(...await listModules(new URL(`${name}/`, folder)));
    } else if (name.endsWith(".ts")) found.push(new URL(name, folder).href);
  }
  return found;
}

/** Asks Deno for the graph of several modules at once. */
async function readGraph(urls: readonly string[]): Promise<ModuleGraph> {
  // `deno info` takes one module: one that imports all, without a file for it.
  const source = urls.map((url) => `import ${JSON.stringify(url)};`).join("");
  const root = `data:application/typescript,${encodeURIComponent(source)}`;
  const { code, stdout, stderr } = await new Deno.Command("deno", {
    args: ["info", "--json", root],
    cwd: fromFileUrl(ROOT),
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  if (code !== 0) {
    throw new Error(`Cannot read the module graph: ${text(stderr)}`);
  }
  return JSON.parse(text(stdout));
}

/** Path of a module from the root of the project; another URL stays as it is. */
function relative(url: string): string {
  return url.startsWith(ROOT.href)
    ? decodeURIComponent(url.slice(ROOT.href.length))
    : url;
}

/**
 * Reads every module of `pipeline/` and `tasks/`, and `mod.ts`.
 *
 * Needs permission to read the project and to run `deno`.
 *
 * @returns The modules, sorted by path.
 * @throws {Error} If Deno cannot resolve the graph, or a module is missing.
 */
export async function readProject(): Promise<SourceModule[]> {
  const folders = ["pipeline/", "tasks/"].map((name) => new URL(name, ROOT));
  const listed = await Promise.all(folders.map(listModules));
  const urls = [new URL("mod.ts", ROOT).href, ...listed.flat()].sort();
  const { modules } = await readGraph(urls);
  const bySpecifier = new Map(modules.map((m) => [m.specifier, m]));
  return await Promise.all(urls.map(async (url) => {
    const { error, dependencies = [] } = bySpecifier.get(url)!;
    if (error) throw new Error(`Cannot read "${relative(url)}": ${error}`);
    const imports = dependencies.map((
      { specifier, code, type, isDynamic },
    ): Import => ({
      specifier,
      target: relative(code?.specifier ?? type?.specifier ?? specifier),
      loads: !code ? "never" : isDynamic ? "later" : "first",
    }));
    const source = await Deno.readTextFile(new URL(url));
    return { path: relative(url), source, imports };
  }));
}
