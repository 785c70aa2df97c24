/**
 * Programs of a few lines, for what needs memory of its own, to measure it, and for
 * what would print the trace of an error that is meant to be thrown: Deno prints each
 * that a worker does not catch.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { PROJECT } from "../e2e/support.ts";

/**
 * Runs a program in the folder of the project.
 *
 * @param source TypeScript that prints JSON.
 * @returns What it printed.
 */
export async function runSource(source: string): Promise<unknown> {
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--quiet", "--ext=ts", source],
    cwd: PROJECT,
  }).output();
  assertEquals(code, 0, decode(stderr));
  return JSON.parse(decode(stdout));
}
