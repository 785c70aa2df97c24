/**
 * Commands of the pages: every task and every flag that one names exists.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { flagsOf, TASK_FLAGS } from "../../tasks/cli/task_flags.ts";
import { renderHelp } from "../bench/options.ts";
import { readPages, readText } from "./pages.ts";

const PAGES = await readPages();

/** Names of the tasks of `deno.json`. */
const TASK_NAMES = Object.keys(JSON.parse(await readText("deno.json")).tasks);

/** Returns the names of the flags in a text. */
function flagsIn(text: string): string[] {
  return [...text.matchAll(/(?<![\w-])--([a-z][a-z-]*)/g)].map(([, name]) =>
    name!
  );
}

/** The flags of the tasks that people run, by name of the task. */
const FLAGS = new Map(
  Object.keys(TASK_FLAGS).map((task) => [
    task,
    flagsOf(task).map(({ name }) => name),
  ]),
).set("bench", flagsIn(renderHelp([])));

/** Flags of other programs that pages name. */
const FOREIGN =
  /^((allow|deny)-[a-z]+|logdir|read-only|at-once|no-code-cache|max-semi-space-size|heap-growing-percent|ignore-scripts|cap-drop|build-arg|env)$/;

/** Commands of the project in a page: the task and the rest of the line or span. */
function commandsOf(text: string): [task: string, rest: string][] {
  const commands = text.matchAll(
    /(?:deno|deno@[\d.]+) task (?:--quiet )?([a-z][\w:-]*)([^`\n#]*)/g,
  );
  return [...commands].map(([, task, rest]) => [task!, rest!]);
}

/** The flags that spans of code begin with. */
function spannedFlags(text: string): string[] {
  return [...text.matchAll(/`(--[^`\n]*)`/g)].flatMap(([, span]) =>
    flagsIn(span!)
  );
}

/** Whether a flag, or the flag that it turns off, is one of some. */
function has(names: readonly string[], flag: string): boolean {
  return names.includes(flag) || names.includes(flag.replace(/^no-/, ""));
}

Deno.test("every task that a page names exists", () => {
  const unknown = PAGES.flatMap(({ path, text }) =>
    commandsOf(text).filter(([task]) => !TASK_NAMES.includes(task))
      .map(([task]) => `${path}: deno task ${task}`)
  );
  assertEquals(unknown, []);
});

Deno.test("every flag of a command in a page is one of its task", () => {
  const unknown = PAGES.flatMap(({ path, text }) =>
    commandsOf(text).flatMap(([task, rest]) =>
      flagsIn(rest).filter((flag) => !has(FLAGS.get(task) ?? [flag], flag))
        .map((flag) => `${path}: deno task ${task} --${flag}`)
    )
  );
  assertEquals(unknown, []);
});

Deno.test("every flag that a page names is one of some task", () => {
  const all = [...FLAGS.values()].flat();
  const unknown = PAGES.flatMap(({ path, text }) =>
    spannedFlags(text)
      .filter((flag) => !has(all, flag) && !FOREIGN.test(flag))
      .map((flag) => `${path}: --${flag}`)
  );
  assertEquals(unknown, []);
});

Deno.test("the page of tasks has every task that people run", async () => {
  const page = await readText("docs/tasks.md");
  const missing = [...FLAGS.keys()].filter((task) =>
    task !== "bench" && !page.includes(`\n| \`${task}\` `)
  );
  assertEquals(missing, []);
});
