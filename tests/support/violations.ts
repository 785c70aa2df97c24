/**
 * Modules that are made up, and what they break.
 *
 * @module
 */

import { findViolations } from "../import_rules.ts";
import type { SourceModule } from "./project_graph.ts";

/** A module that imports things: a path stands for itself, anything else for a package. */
export function module(
  path: string,
  imports: string[] = [],
  source = "",
): SourceModule {
  return {
    path,
    source,
    imports: imports.map((specifier) => (
      { specifier, target: specifier, loads: "first" }
    )),
  };
}

/** Violations of modules, a line each. */
export function lines(...modules: SourceModule[]): string[] {
  return findViolations(modules)
    .map(({ file, rule, what }) => `${file}: ${rule}: ${what}`);
}
