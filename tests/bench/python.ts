/**
 * Finding a Python that has what a script needs.
 *
 * @module
 */

import { fromFileUrl } from "@std/path";
import type { Program } from "./child.ts";
import { SkipError } from "./context.ts";
import { succeeds } from "./succeeds.ts";

/** Where a Python may be: what is asked for, else the first on the path, else Debian's. */
function candidates(): string[] {
  const chosen = Deno.env.get("PYTHON");
  return chosen ? [chosen] : ["python3", "/usr/bin/python3"];
}

/**
 * Finds a Python.
 *
 * @param modules Modules that it must have.
 * @returns Its command.
 * @throws {SkipError} If there is none.
 */
export async function findPython(modules: readonly string[]): Promise<string> {
  for (const command of candidates()) {
    const args = ["-c", `import ${modules.join(", ")}`];
    if (await succeeds(command, args)) return command;
  }
  throw new SkipError(
    `there is no Python with ${modules.join(", ")}; PYTHON names one`,
  );
}

/**
 * Describes a script of `tests/bench/`.
 *
 * @param path Path below `tests/bench/`.
 * @param modules Modules that it needs.
 * @param args Its arguments.
 * @returns The program.
 * @throws {SkipError} If there is no Python for it.
 */
export async function pythonProgram(
  path: string,
  modules: readonly string[],
  args: readonly string[],
): Promise<Program> {
  const script = fromFileUrl(new URL(path, import.meta.url));
  return { command: await findPython(modules), args: [script, ...args] };
}
