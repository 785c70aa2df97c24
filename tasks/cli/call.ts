/** Calls of tasks, as a person types them next. */

import { taskWords } from "./caller_folder.ts";
import type { ParsedFlags } from "./parse_flags.ts";
import { TASK_FLAGS } from "./task_flags.ts";

/** Flags that say where a run is: the next task needs them again. */
const PLACES = ["run", "work", "cache"];

/** Text that every shell takes as it is. */
const PLAIN = /^[\w./:@%+,-]+$/;

/** Quotes text for the shell, where it must be. */
function quote(text: string): string {
  return PLAIN.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/**
 * Says how a task is called for the same run.
 *
 * @example Usage
 * ```ts
 * callOf("train", { run: "small" }); // "deno task train --run small"
 * ```
 *
 * @param kept Names of other flags that the call needs again.
 * @returns The call, with those flags of the task that say where the run is.
 */
export function callOf(
  task: string,
  values: ParsedFlags["values"],
  kept: readonly string[] = [],
): string {
  const known = new Set(TASK_FLAGS[task]?.map(({ name }) => name));
  const flags = [...kept, ...PLACES].flatMap((name) => {
    const value = known.has(name) && values[name];
    if (typeof value === "string") return [`--${name} ${quote(value)}`];
    return value === true ? [`--${name}`] : [];
  });
  return [...taskWords().map(quote), task, ...flags].join(" ");
}

/**
 * Says which task comes next, unless the task is part of another.
 *
 * @returns The end of a sentence.
 */
export function nextCall(
  { values, isPart }: { values: ParsedFlags["values"]; isPart?: boolean },
  next: string,
): string {
  return isPart ? "" : `. Next: ${callOf(next, values)}`;
}
