/**
 * The folder that an executable is made of: code, packages, and a packed run.
 */

import { fromFileUrl, join } from "../../pipeline/path.ts";
import { runChecked } from "./run_checked.ts";

/** Folder of the project. */
const PROJECT = fromFileUrl(new URL("../../", import.meta.url));

/** What is copied of the project. */
const SOURCES = [
  "LICENSE",
  "deno.lock",
  "mod.ts",
  "fixtures/backbone",
  "pipeline",
  "tasks",
];

/** Parts of the configuration that a program needs. */
const CONFIG_KEYS = [
  "name",
  "version",
  "license",
  "exports",
  "imports",
  "unstable",
  "compilerOptions",
  "permissions",
];

/** Permission sets that the program runs with. */
const PERMISSIONS = ["predict", "serve"];

/** Environment variable in which the start script says what the user calls the program. */
const PROGRAM_VARIABLE = "HEADSTART_PROGRAM";

/** A machine that an executable runs on. */
export interface Target {
  /** Its triple, as Deno writes it, such as `x86_64-unknown-linux-gnu`. */
  triple: string;
  /** Operating system, as onnxruntime names its folders. */
  os: string;
  /** Processor, likewise. */
  arch: string;
}

/** Operating systems by the end of a triple. */
const SYSTEMS = {
  "unknown-linux-gnu": "linux",
  "apple-darwin": "darwin",
  "pc-windows-msvc": "win32",
};

/**
 * Reads the triple of a machine.
 *
 * @returns The machine, or `undefined` if Deno has no executables for it.
 */
export function readTarget(triple: string): Target | undefined {
  const [, processor, system] = /^(x86_64|aarch64)-(.*)$/.exec(triple) ?? [];
  if (!Object.hasOwn(SYSTEMS, system ?? "")) return undefined;
  const os = SYSTEMS[system as keyof typeof SYSTEMS];
  return { triple, os, arch: processor === "x86_64" ? "x64" : "arm64" };
}

/** Copies a file or a folder. */
async function copy(from: string, to: string): Promise<void> {
  const info = await Deno.stat(from);
  if (!info.isDirectory) return await Deno.copyFile(from, to);
  await Deno.mkdir(to, { recursive: true });
  for await (const { name } of Deno.readDir(from)) {
    await copy(join(from, name), join(to, name));
  }
}

/** Writes the configuration, without what only development needs. */
async function writeConfig(folder: string): Promise<void> {
  const text = await Deno.readTextFile(join(PROJECT, "deno.json"));
  const config = JSON.parse(text);
  const kept = Object.fromEntries(CONFIG_KEYS.map((key) => [key, config[key]]));
  // `deno compile` takes what it finds by following every import.
  kept.unstable = config.unstable.filter((name: string) =>
    name !== "lazy-dynamic-imports"
  );
  kept.permissions = Object.fromEntries(
    PERMISSIONS.map((name) => {
      const set = config.permissions[name];
      return [name, { ...set, env: [...set.env, PROGRAM_VARIABLE] }];
    }),
  );
  await writeJson(folder, { ...kept, nodeModulesDir: "auto" });
}

/** Writes `deno.json`. */
async function writeJson(folder: string, config: unknown): Promise<void> {
  const text = `${JSON.stringify(config, null, 2)}\n`;
  await Deno.writeTextFile(join(folder, "deno.json"), text);
}

/** Whether a file of a package never runs. */
function isUnused(path: string, { os, arch }: Target): boolean {
  // Types, and source maps.
  if (/\.(d\.[cm]?ts|map|tsbuildinfo)$/.test(path)) return true;
  const native = /\/onnxruntime-node\/bin\/[^/]+\/([^/]+)\/([^/]+)\//.exec(
    path,
  );
  if (native) return native[1] !== os || native[2] !== arch;
  // Builds of tfjs for browsers, and its tests: Deno loads `tf….node.js`.
  return /\/@tensorflow\/[^/]+\/dist\/(tf[^/]*(?<!\.node)\.js|[^?]*(\.html|_test\.js))$/
    .test(path);
}

/** Removes the files of packages that never run. */
async function prune(folder: string, target: Target): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) await prune(path, target);
    else if (isUnused(path, target)) await Deno.remove(path);
  }
}

/**
 * Makes the folder, but for the packed run, which goes to `model/` in it.
 *
 * @param folder Absolute path of the folder; it is created.
 * @throws {Error} If a package cannot be installed.
 */
export async function makeAppFolder(
  folder: string,
  target: Target,
): Promise<void> {
  await Deno.mkdir(join(folder, "fixtures"), { recursive: true });
  for (const name of SOURCES) {
    await copy(join(PROJECT, name), join(folder, name));
  }
  await writeConfig(folder);
  await runChecked(Deno.execPath(), ["install", "--quiet"], { cwd: folder });
  await prune(join(folder, "node_modules"), target);
  await Deno.remove(join(folder, "deno.lock"));
  const config = JSON.parse(await Deno.readTextFile(join(folder, "deno.json")));
  await writeJson(folder, { ...config, nodeModulesDir: "manual" });
}
