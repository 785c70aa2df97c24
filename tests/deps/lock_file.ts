/**
 * The packages of `deno.json`, and what `deno.lock` says of them.
 *
 * @module
 */

/** A package that is imported. */
export interface Package {
  /** Name on npm. */
  name: string;
  /** The version that is pinned. */
  version: string;
  /** Number of packages that come with it. */
  brings: number;
}

/** The part of `deno.json` that is of use here. */
export interface ProjectConfig {
  imports: Record<string, string>;
  allowScripts: { allow: string[]; deny: string[] };
  lock: { frozen: boolean };
}

/** The part of `deno.lock` that is of use here. */
export interface LockFile {
  specifiers: Record<string, string>;
  npm: Record<string, {
    integrity?: string;
    scripts?: boolean;
    dependencies?: string[];
    optionalDependencies?: string[];
  }>;
}

/** Splits `name@version`, after which Deno writes the peers of a package. */
function split(id: string): [name: string, version: string] {
  const at = id.indexOf("@", 1);
  return at < 0 ? [id, ""] : [id.slice(0, at), id.slice(at + 1).split("_")[0]!];
}

/** Finds a package by what another calls it: its name, where there is one version only. */
function findId(lock: LockFile, wanted: string): string {
  if (wanted in lock.npm) return wanted;
  const [name, version] = split(wanted);
  const id = Object.keys(lock.npm).find((id) => {
    const own = split(id);
    return own[0] === name && (version === "" || own[1] === version);
  });
  if (id === undefined) throw new Error(`Cannot find "${wanted}" in deno.lock`);
  return id;
}

/** Counts the packages that come with one. */
function countBrought(lock: LockFile, root: string): number {
  const found = new Set<string>();
  const waiting = [root];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (found.has(id)) continue;
    found.add(id);
    const { dependencies = [], optionalDependencies = [] } = lock.npm[id]!;
    for (const wanted of [...dependencies, ...optionalDependencies]) {
      waiting.push(findId(lock, wanted));
    }
  }
  return found.size - 1;
}

/** Lists the packages that are imported, by name. */
export function listPackages(
  { imports }: Pick<ProjectConfig, "imports">,
  lock: LockFile,
): Package[] {
  const ids = new Set(
    Object.values(imports).map((specifier) =>
      /^npm:(@?[^@]+@[^/]+)/.exec(specifier)![1]!
    ),
  );
  return [...ids].map((id) => {
    const [name, version] = split(id);
    return { name, version, brings: countBrought(lock, findId(lock, id)) };
  }).toSorted((a, b) => a.name < b.name ? -1 : 1);
}

/** Says what is wrong with how packages are pinned; a line each. */
export function findLoose(config: ProjectConfig, lock: LockFile): string[] {
  const faults: string[] = [];
  if (!config.lock.frozen) faults.push("deno.lock must be frozen");
  if (config.allowScripts.allow.length > 0) {
    faults.push("no package may run a script when it is installed");
  }
  for (const [name, specifier] of Object.entries(config.imports)) {
    if (!/^npm:@?[^@]+@\d+\.\d+\.\d+(\/|$)/.test(specifier)) {
      faults.push(`${name} must have an exact version: ${specifier}`);
    }
  }
  for (const [id, { integrity, scripts }] of Object.entries(lock.npm)) {
    const [name] = split(id);
    if (!integrity?.startsWith("sha512-")) faults.push(`${id} has no SHA-512`);
    if (scripts && !config.allowScripts.deny.includes(`npm:${name}`)) {
      faults.push(`${id} has install scripts: deny them in deno.json`);
    }
  }
  return faults;
}
