/** Command lines: read by `parseArgs`, and checked. */

import { parseArgs } from "@std/cli/parse-args";
import { closestString } from "@std/text/closest-string";
import type { Config, SettingName } from "../../mod.ts";
import { checkSettings } from "../../pipeline/config/config.ts";
import { SETTINGS } from "../../pipeline/config/settings.ts";
import {
  type Flag,
  type FlagsByTask,
  refuseValue,
  UsageError,
} from "./flags.ts";

/** What the command line says. */
export interface ParsedFlags {
  /** Text by name of the flag; a flag that stands alone gives whether it is on. */
  values: Record<string, string | boolean>;
  /** Settings that flags give. */
  settings: Partial<Config>;
  /** Words that are no flags; absent for tasks that take none. */
  words?: string[];
}

/** What {@linkcode parseFlags} knows beside the flags of a task. */
export interface ParseOptions {
  /** Whether the task takes words beside its flags. @default {false} */
  words?: boolean;
  /** Flags of all tasks, to say whose a flag is. */
  others?: FlagsByTask;
}

/** Reads the value of a setting from the text of its flag. */
function parseSetting(
  flag: Flag & { setting: SettingName },
  text: string,
): Partial<Config> {
  const { kind } = SETTINGS[flag.setting];
  const value = kind.parse(text);
  if (!kind.allows(value)) refuseValue(flag.name, kind.error, text);
  return checkSettings({ [flag.setting]: value }, "flags");
}

/** Writes a negative number and the flag before it as one argument: `parseArgs` would take the number for a flag. */
function joinNegatives(args: readonly string[]): string[] {
  const joined: string[] = [];
  for (const arg of args) {
    const before = joined.at(-1) ?? "";
    if (/^-\.?\d/.test(arg) && /^--[^=]+$/.test(before)) {
      joined[joined.length - 1] = `${before}=${arg}`;
    } else joined.push(arg);
  }
  return joined;
}

/** Refuses a flag that the task does not have: names the tasks that have it, how to name a file so, or the nearest flag. */
function refuseFlag(
  arg: string,
  flags: readonly Flag[],
  { words, others = {} }: ParseOptions,
): never {
  const spelled = arg.replace(/=.*/s, "");
  const key = spelled.replace(/^-+/, "").replace(/^h$/, "help");
  const has = (flags: readonly Flag[]) =>
    flags.some(({ name }) => name === key);
  const isOwn = has(flags);
  const tasks = Object.keys(others).filter((task) => has(others[task]!));
  if (!isOwn && tasks.length > 0) {
    const whose = tasks.length > 1 ? "other tasks" : "another task";
    throw new UsageError(
      `Cannot use flag "${spelled}" as it is a flag of ${whose}: ${
        tasks.join(", ")
      }`,
    );
  }
  if (!isOwn && words && !arg.startsWith("--")) {
    throw new UsageError(
      `Cannot use "${arg}" as flags begin with two hyphens: write ./${arg} for a file of this name`,
    );
  }
  const nearest = closestString(key, flags.map(({ name }) => name));
  throw new UsageError(
    `Cannot use flag "${spelled}" as there is none of this name: the nearest is --${nearest}`,
  );
}

/** Refuses `--name=text` of a flag that stands alone, where `parseArgs` takes any text for true, and of no flag. */
function checkJoined(
  arg: string,
  flags: readonly Flag[],
  refuse: (arg: string) => never,
): void {
  const [, name, text] = /^--([^=]+)=(.*)$/s.exec(arg) ?? [];
  if (name === undefined) return;
  const flag = flags.find((flag) => flag.name === name);
  // `parseArgs` reads `--no-name=text` as `--name=text`.
  if (flag === undefined) return refuse(arg);
  if (flag.placeholder !== "" || text === "true" || text === "false") return;
  refuseValue(name, "it must be true or false", text);
}

/** Says how `parseArgs` reads flags. */
function declare(flags: readonly Flag[]) {
  const names = (standAlone: boolean) =>
    flags.filter(({ placeholder }) => (placeholder === "") === standAlone)
      .map(({ name }) => name);
  const boolean = names(true);
  return {
    // Words stay text, even "007".
    string: ["_", ...names(false)],
    boolean,
    negatable: boolean,
    // A flag that is not given is neither true nor false.
    default: Object.fromEntries(boolean.map((name) => [name, undefined])),
  };
}

/**
 * Reads a command line; of a flag that is given twice the last counts.
 *
 * @throws {UsageError} If a flag is unknown, lacks its value or has a wrong one, or an argument is no flag.
 */
export function parseFlags(
  args: readonly string[],
  flags: readonly Flag[],
  options: ParseOptions = {},
): ParsedFlags {
  const refuse = (arg: string) => refuseFlag(arg, flags, options);
  const joined = joinNegatives(args);
  const end = joined.indexOf("--");
  for (const arg of end < 0 ? joined : joined.slice(0, end)) {
    checkJoined(arg, flags, refuse);
  }
  const { _: words, ...given } = parseArgs(joined, {
    ...declare(flags),
    // Words come without a key.
    unknown: (arg: string, key?: string) => key === undefined || refuse(arg),
  }) as { _: string[]; [name: string]: unknown };
  const values: ParsedFlags["values"] = {};
  const settings: Partial<Config> = {};
  for (const flag of flags) {
    const { name, setting, placeholder } = flag;
    const value = given[name] as string | boolean | undefined;
    if (value === undefined) continue;
    if (value === "") {
      throw new UsageError(
        `Cannot use --${name} without a value: wanted --${name} ${placeholder}`,
      );
    }
    if (setting !== undefined) {
      Object.assign(settings, parseSetting({ ...flag, setting }, `${value}`));
    } else values[name] = value;
  }
  if (options.words) return { values, settings, words };
  if (words.length > 0) {
    throw new UsageError(
      `Cannot use argument "${words[0]}": every argument is a flag, such as --${
        flags[0]!.name
      }`,
    );
  }
  return { values, settings };
}
