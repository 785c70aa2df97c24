/**
 * Packs the library for npm: JavaScript with declarations, the embedded photos and
 * backbone, and a `package.json` with the exact versions of `deno.json`.
 *
 * `deno pack` leaves out workers and what `deno.json` maps to a file of a package, so
 * the code is compiled by `deno transpile`, and its specifiers are rewritten here.
 *
 * Run it as `deno task pack [FOLDER]`; the folder must not exist yet.
 *
 * @module
 */

// deno-lint-ignore-file no-console

import { dirname, join, relative, resolve, toFileUrl } from "@std/path";

/** Folders and files that go into the package as they are. */
const COPIED = [
  "LICENSE",
  "README.md",
  "CHANGELOG.md",
  "fixtures/backbone",
  "fixtures/images",
  "pipeline/export/web/assets",
];

/** What imports a module: `from "…"`, `import "…"`, `import("…")`, and the address of a worker. */
const SPECIFIER = /((?:\bfrom|\bimport|\bimport\(|\bnew URL\()\s*)"([^"\n]+)"/g;

/** The parts of `deno.json` that are used here. */
interface Project {
  name: string;
  version: string;
  license: string;
  imports: Record<string, string>;
}

/** What names of modules are found by. */
interface Names {
  project: Project;
  /** Address of the folder that was compiled. */
  source: string;
  /** The file that names modules, relative to the package. */
  path: string;
  /** The packages that were named, with their versions. */
  dependencies: Record<string, string>;
}

/** Lists the files below a folder, relative to the current one. */
async function* walk(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) yield* walk(path);
    else yield path;
  }
}

/** Copies a file, or all files of a folder. */
async function copy(from: string, to: string): Promise<void> {
  const isFolder = (await Deno.stat(from)).isDirectory;
  const paths = isFolder ? await Array.fromAsync(walk(from)) : [from];
  for (const path of paths) {
    await Deno.mkdir(dirname(join(to, path)), { recursive: true });
    await Deno.copyFile(path, join(to, path));
  }
}

/** Splits `npm:@scope/name@1.2.3/path`. */
function readTarget(target: string): [string, string, string] {
  const [, name, version, path] = /^npm:(@?[^@]+)@([^/]+)(.*)$/.exec(target)!;
  return [name!, version!, path!];
}

/** Says what a module is called in the package, and notes the package it is from. */
function rename(specifier: string, from: Names): string {
  // The compiler names some types by their file.
  if (specifier.startsWith(from.source)) {
    const path = relative(
      dirname(from.path),
      specifier.slice(from.source.length),
    );
    return rename(path.startsWith(".") ? path : `./${path}`, from);
  }
  if (specifier.startsWith(".")) return specifier.replace(/\.ts$/, ".js");
  const [key, target] =
    // A longer name comes after its beginning.
    Object.entries(from.project.imports).findLast(([key]) =>
      specifier === key || specifier.startsWith(`${key}/`)
    ) ?? [];
  if (!key) return specifier;
  const [name, version, path] = readTarget(target!);
  from.dependencies[name] = version;
  return name + path + specifier.slice(key.length);
}

/**
 * Copies what is published of the project; its configuration is without the
 * workspace, as `deno publish` leaves out the folders of members.
 *
 * @param folder Absolute path of the folder.
 * @returns The configuration.
 */
export async function copySources(folder: string): Promise<Project> {
  const { workspace: _, ...config } = JSON.parse(
    await Deno.readTextFile("deno.json"),
  );
  // Declarations of packages do not agree with those of Deno.
  config.compilerOptions.skipLibCheck = true;
  for (const path of [...COPIED, "deno.lock", "mod.ts", "pipeline"]) {
    await copy(path, folder);
  }
  await Deno.remove(join(folder, "pipeline/weights/deno.json"));
  await Deno.writeTextFile(join(folder, "deno.json"), JSON.stringify(config));
  return config;
}

/** Compiles the sources of a folder to another. */
async function compile(source: string, folder: string): Promise<void> {
  const files = ["mod.ts"];
  for await (const path of walk("pipeline")) {
    if (path.endsWith(".ts")) files.push(path);
  }
  const options = ["--quiet", "--declaration", "--outdir", folder];
  const { code } = await new Deno.Command("deno", {
    args: ["transpile", ...options, ...files],
    cwd: source,
  }).spawn().status;
  if (code !== 0) throw new Error("Cannot pack: the code does not compile");
}

/** Writes `package.json`, and the part of `deno.json` that runs record. */
async function describe(
  folder: string,
  project: Project,
  dependencies: Record<string, string>,
): Promise<void> {
  const { name, version, license, imports } = project;
  const write = (file: string, value: unknown) =>
    Deno.writeTextFile(
      join(folder, file),
      `${JSON.stringify(value, null, 2)}\n`,
    );
  await write("deno.json", { name, version, imports });
  await write("package.json", {
    name,
    version,
    license,
    type: "module",
    exports: { ".": { types: "./mod.d.ts", default: "./mod.js" } },
    dependencies: Object.fromEntries(Object.entries(dependencies).sort()),
  });
}

/**
 * Writes the package.
 *
 * @param folder Absolute path of its folder; it is created.
 */
export async function pack(folder: string): Promise<void> {
  await Deno.mkdir(dirname(folder), { recursive: true });
  await Deno.mkdir(folder);
  const source = await Deno.realPath(await Deno.makeTempDir());
  try {
    const project = await copySources(source);
    await compile(source, folder);
    const from = `${toFileUrl(source)}/`;
    const dependencies = {};
    for await (const file of walk(folder)) {
      const path = relative(folder, file);
      const names = { project, source: from, path, dependencies };
      const text = (await Deno.readTextFile(file))
        .replace(/^\/\/\/ <amd-module .*\n/gm, "")
        .replaceAll(
          SPECIFIER,
          (_, before, specifier) => `${before}"${rename(specifier, names)}"`,
        );
      await Deno.writeTextFile(file, text);
    }
    for (const path of COPIED) await copy(path, folder);
    await describe(folder, project, dependencies);
  } finally {
    await Deno.remove(source, { recursive: true });
  }
}

if (import.meta.main) {
  const folder = resolve(
    Deno.env.get("INIT_CWD") ?? "",
    Deno.args[0] ?? "headstart-npm",
  );
  await pack(folder);
  console.log(`Next: npm install --ignore-scripts --install-links ${folder}`);
}
