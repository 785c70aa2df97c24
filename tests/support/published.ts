/**
 * What `mod.ts` exports, and what tasks take of `pipeline/` beside it.
 *
 * @module
 */

import type { SourceModule } from "./project_graph.ts";

/** Names by the module that exports them; `*` stands for all of its names. */
export type Published = ReadonlyMap<string, ReadonlySet<string>>;

/** A list of names and the module they come from: `import`, `export`, or `await import()`. */
const CLAUSES =
  /(?:(?:im|ex)port\s+(type\s+)?(?:\{([^}]*)\}|\*)\s*from\s*|const\s+\{([^}]*)\}\s*=\s*await\s+import\(\s*)"([^"]+)"/g;

/** Lists what a module takes of others: no types. */
function listTaken({ source, imports }: SourceModule) {
  const targets = new Map(imports.map((one) => [one.specifier, one.target]));
  return [...source.matchAll(CLAUSES)].map(
    ([, type, first, later, specifier]) => ({
      target: targets.get(specifier!) ?? specifier!,
      names: (first ?? later ?? "*").split(",").map((name) => name.trim())
        .filter((name) => name && !type && !name.startsWith("type "))
        .map((name) => name.replace(/\s+as\s.*|:.*/s, "")),
    }),
  );
}

/**
 * Reads what `mod.ts` exports; nothing if it is not among the modules.
 *
 * @param whole Modules of which all may be taken.
 */
export function readPublished(
  modules: readonly SourceModule[],
  whole: readonly string[] = [],
): Published {
  const door = modules.find(({ path }) => path === "mod.ts");
  const published = new Map<string, Set<string>>();
  for (const { target, names } of door ? listTaken(door) : []) {
    published.set(
      target,
      new Set([...published.get(target) ?? [], ...names]),
    );
  }
  for (const path of whole) published.set(path, new Set("*"));
  return published;
}

/** Finds what a module takes of the pipeline that `mod.ts` does not export; it must name what it takes. */
export function findUnpublished(
  module: SourceModule,
  published: Published,
): string[] {
  const taken = listTaken(module);
  const named = new Set(taken.map(({ target }) => target));
  const isClosed = (target: string) => {
    const own = published.get(target);
    return own !== undefined && !own.has("*");
  };
  return [
    ...module.imports
      .filter(({ target, loads }) =>
        loads !== "never" && isClosed(target) && !named.has(target)
      )
      .map(({ target }) => `no names of ${target}`),
    ...taken.filter(({ target }) => isClosed(target))
      .flatMap(({ target, names }) =>
        names.filter((name) => !published.get(target)!.has(name))
          .map((name) => `${name} of ${target}`)
      ),
  ];
}
