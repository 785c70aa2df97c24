/**
 * What stages take of each other.
 *
 * @module
 */

import { MAKE, STAGE_FILES } from "../import_tables.ts";
import type { SourceModule } from "./project_graph.ts";

/** Finds functions that a stage takes from another. */
export function findStageCalls(
  { path, source, imports }: SourceModule,
): string[] {
  if (!STAGE_FILES.has(path) && !path.startsWith(MAKE)) return [];
  return imports.filter(({ target }) => STAGE_FILES.has(target)).flatMap(
    ({ specifier }) => {
      const clauses = source.matchAll(
        /\b(?:im|ex)port\s+(type\s+)?(?:\{([^}]*)\}|\*[^"]*?)\s*from\s*"([^"]+)"/g,
      );
      return [...clauses]
        .filter(([, type, , from]) => !type && from === specifier)
        .flatMap(([, , names = "*"]) => names.split(","))
        .map((name) => name.trim())
        .filter((name) => name && !/^type\s|^[A-Z][A-Z0-9_]*$/.test(name))
        .map((name) => `${name} of ${specifier}`);
    },
  );
}
