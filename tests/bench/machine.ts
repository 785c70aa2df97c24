/**
 * The machine that figures are of.
 *
 * @module
 */

import { cpus } from "node:os";
import { PROJECT } from "./child.ts";

/** The machine that figures are of. */
export interface Machine {
  /** Model of the processor. */
  cpu: string;
  /** Number of cores. */
  cores: number;
  /** Memory in bytes. */
  memoryBytes: number;
  /** System and architecture, as Rust calls them. */
  target: string;
  /** Version of Deno. */
  deno: string;
  /** Commit of the project; `undefined` outside of git. */
  commit: string | undefined;
}

/** Asks git; `undefined` where there is no git or no repository. */
async function askGit(args: readonly string[]): Promise<string | undefined> {
  try {
    const { success, stdout } = await new Deno.Command("git", {
      args: [...args],
      cwd: PROJECT,
      stderr: "null",
    }).output();
    return success ? new TextDecoder().decode(stdout).trim() : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Finds the commit, marked where files differ from it. */
async function findCommit(): Promise<string | undefined> {
  const commit = await askGit(["rev-parse", "--short=12", "HEAD"]);
  const changes = await askGit(["status", "--porcelain"]);
  return changes ? `${commit} with changes` : commit;
}

/**
 * Looks at the machine.
 *
 * @returns What it is.
 */
export async function readMachine(): Promise<Machine> {
  return {
    cpu: cpus()[0]?.model ?? "unknown processor",
    cores: navigator.hardwareConcurrency,
    memoryBytes: Deno.systemMemoryInfo().total,
    target: Deno.build.target,
    deno: Deno.version.deno,
    commit: await findCommit(),
  };
}

/**
 * Describes a machine in a line.
 *
 * @param machine The machine.
 * @returns The line.
 */
export function describeMachine(machine: Machine): string {
  const { cpu, cores, memoryBytes, target, deno, commit } = machine;
  const memory = `${Math.round(memoryBytes / 2 ** 30)} GiB`;
  const parts = [`${cpu}, ${cores} cores`, memory, target, `Deno ${deno}`];
  return [...parts, commit && `commit ${commit}`].filter(Boolean).join("; ");
}
