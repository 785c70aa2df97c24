/**
 * Checks what imports what, and that pure code is pure.
 *
 * Prints each violation as `file: rule: what`, and exits with 1 if there is any.
 * Run it as `deno run --allow-run=deno --allow-read tests/import_rules.ts`.
 *
 * @module
 */

// deno-lint-ignore-file no-console

import {
  DEVICE,
  EDGES,
  FOLDER_AMBIENT,
  HDF5_AMBIENT,
  HDF5_WORKER,
  LAUNCH,
  LOWER,
  PATHS,
  PURE,
  QUIET,
  RUNTIME,
  SERVE,
  SERVE_PACKAGE,
  SERVE_PAGE,
  TOP,
  WEIGHTS,
} from "./import_tables.ts";
import { ambientNames } from "./support/ambient.ts";
import { findCycles } from "./support/cycles.ts";
import { findStageCalls } from "./support/stage_calls.ts";
import {
  findUnpublished,
  type Published,
  readPublished,
} from "./support/published.ts";
import {
  type Import,
  readProject,
  type SourceModule,
} from "./support/project_graph.ts";

/** A rule that is broken. */
export interface Violation {
  /** Path of the module. */
  file: string;
  /** Name of the rule. */
  rule: string;
  /** How it is broken. */
  what: string;
}

/** Most lines of a file. */
const MAX_LINES = 250;

/** The folder below `pipeline/` that a module is in; empty for one directly in it, `undefined` outside. */
function folderOf(path: string): string | undefined {
  const [top, ...rest] = path.split("/");
  if (top !== "pipeline") return undefined;
  return rest.length > 1 ? rest[0] : "";
}

/** What a module may touch of the outside though its folder is pure. */
function allowedAmbient(path: string): readonly string[] {
  if (HDF5_WORKER.test(path)) return HDF5_AMBIENT;
  if (path === QUIET) return ["console"];
  if (path === PATHS) return ["Deno"];
  return FOLDER_AMBIENT[folderOf(path) ?? ""] ?? [];
}

/** Says why a module must not import a package, if it must not. */
function refusePackage(from: string, { specifier, loads }: Import) {
  if (specifier === "h5wasm" && !HDF5_WORKER.test(from)) {
    return "only the HDF5 worker imports what can hang";
  }
  if (specifier.startsWith("@tensorflow/") && !DEVICE.test(from)) {
    return "only the devices of backends/ import tfjs";
  }
  if (SERVE_PACKAGE.test(specifier) && folderOf(from) !== "serve") {
    return "only serve/ imports the packages of the server";
  }
  return specifier.startsWith("onnxruntime") && loads !== "never" &&
    (from !== RUNTIME || loads !== "later") &&
    `only ${RUNTIME} loads onnxruntime, by import()`;
}

/** Says why a task must not import something, if it must not. */
function refuseOfTask({ specifier, target, loads }: Import, door: Published) {
  if (target === "mod.ts") {
    return loads !== "never" && "tasks take types of mod.ts: it loads all";
  }
  const isAllowed = target.startsWith("tasks/") || door.has(target) ||
    /^@std\/|^(cli-progress|string-width)$/.test(specifier);
  return !isAllowed &&
    "tasks import only what mod.ts exports, each other, @std, cli-progress and string-width";
}

/** Says why a module must not import another, if it must not. */
function refuseImport(from: string, imported: Import, door: Published) {
  const { target, loads } = imported;
  const [folder, wanted] = [folderOf(from), folderOf(target)];
  if (from === "mod.ts") {
    if (wanted === "serve" && target !== SERVE && loads !== "never") {
      return `the server is started through ${SERVE} alone`;
    }
    return wanted === undefined && "mod.ts imports only pipeline/";
  }
  if (from.startsWith("tasks/")) return refuseOfTask(imported, door);
  if (folder === undefined) return false;
  if (wanted === undefined) {
    if (/^(mod\.ts$|tasks\/|tests\/)/.test(target)) {
      return "pipeline/ imports nothing of the project outside of it";
    }
    return refusePackage(from, imported);
  }
  if (DEVICE.test(target) && folder !== "backends") {
    return "a device loads when backends/open_backend.ts chooses it";
  }
  if (
    wanted === "weights" && folder !== "weights" && !WEIGHTS.includes(target)
  ) {
    return `weights/ is read through ${WEIGHTS.join(" and ")} alone`;
  }
  // The page that is exported is that of the server: texts, and no code.
  const isPage = folder === "export" && target.startsWith(SERVE_PAGE);
  if (wanted === "serve" && folder !== "serve" && !isPage) {
    return "the server uses the others, none of them uses it";
  }
  if (from === SERVE && wanted === "serve" && loads === "first") {
    return "the server loads by import() when it is started";
  }
  if (TOP.includes(folder)) return false;
  if (target === RUNTIME && folder === "backends") return false;
  if (
    EDGES.includes(target) && !EDGES.includes(from) && !WEIGHTS.includes(from)
  ) {
    return "the file system is touched by run/ only";
  }
  if (folder === "stages") {
    return wanted === "run" && "stages know nothing of run/";
  }
  const lower = LOWER[folder];
  const allowed = ["", ...lower ? [folder, ...lower] : PURE];
  return !allowed.includes(wanted) &&
    `${folder || "pipeline"}/ imports only ${
      allowed.filter((name) => name !== "").join(", ") || "files beside it"
    }`;
}

/** Finds names in pure code that stand for the outside. */
function findAmbient({ path, source }: SourceModule): string[] {
  const folder = folderOf(path);
  const isPure = folder !== undefined && !TOP.includes(folder) &&
    !EDGES.includes(path);
  if (!isPure) return [];
  const allowed = allowedAmbient(path);
  return ambientNames(source).filter((name) => !allowed.includes(name));
}

/** Checks one module by itself. */
function checkModule(module: SourceModule, door: Published): Violation[] {
  const { path: file, source, imports } = module;
  const violation = (rule: string, what: string) => ({ file, rule, what });
  const lines = source.split("\n").length - 1;
  return [
    ...lines > MAX_LINES && file !== "mod.ts"
      ? [violation(`at most ${MAX_LINES} lines`, `it has ${lines}`)]
      : [],
    ...imports.flatMap((imported) => {
      const rule = refuseImport(file, imported, door);
      return rule ? [violation(rule, imported.specifier)] : [];
    }),
    ...findStageCalls(module).map((what) =>
      violation(
        "a stage takes types and constants of another, no functions",
        what,
      )
    ),
    ...(file.startsWith("tasks/") ? findUnpublished(module, door) : [])
      .map((what) => violation("tasks take only what mod.ts exports", what)),
    ...findAmbient(module).map((what) =>
      violation("bytes and numbers in, bytes and numbers out", what)
    ),
  ];
}

/** Finds modules, and folders below the stages, that import each other. */
function checkCycles(modules: readonly SourceModule[]): Violation[] {
  const files = new Map<string, Set<string>>();
  const folders = new Map<string, Set<string>>();
  for (const { path, imports } of modules) {
    const from = folderOf(path);
    if (from === undefined) continue;
    const targets = imports.map(({ target }) => target);
    // A stage loads later what makes its files, and that reads its constants.
    const first = imports.filter(({ loads }) => loads === "first");
    files.set(path, new Set(first.map(({ target }) => target)));
    const layered = [...PURE, ...Object.keys(LOWER)].filter(Boolean);
    if (!layered.includes(from)) continue;
    const others = targets.map(folderOf)
      .filter((to) => to !== undefined && to !== from && layered.includes(to));
    folders.set(
      from,
      new Set([...folders.get(from) ?? [], ...others as string[]]),
    );
  }
  const rule = "no cycles";
  return [...findCycles(files), ...findCycles(folders)].map((cycle) => ({
    file: cycle[0]!,
    rule,
    what: cycle.join(" -> "),
  }));
}

/**
 * Checks the modules of the project.
 *
 * @param modules All modules of `pipeline/` and `tasks/`, and `mod.ts`.
 * @returns What breaks a rule; nothing when all is well.
 */
export function findViolations(modules: readonly SourceModule[]): Violation[] {
  const door = readPublished(modules, LAUNCH);
  return [
    ...modules.flatMap((module) => checkModule(module, door)),
    ...checkCycles(modules),
  ];
}

if (import.meta.main) {
  const violations = findViolations(await readProject());
  for (const { file, rule, what } of violations) {
    console.error(`${file}: ${rule}: ${what}`);
  }
  Deno.exit(violations.length > 0 ? 1 : 0);
}
