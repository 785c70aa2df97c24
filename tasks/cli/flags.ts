/**
 * Flags of the tasks: read from the command line, checked, and explained.
 *
 * Settings become flags by their name in kebab case; the table in
 * `pipeline/config/settings.ts` is the one source.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { closestString } from "@std/text/closest-string";
import {
  checkSettings,
  type Config,
  type SettingName,
  SETTINGS,
  type SettingTask,
} from "../../mod.ts";

/** A flag of a task. */
export interface Flag {
  /** Name, without the dashes. */
  name: string;
  /** Stands for the value; empty for a flag that stands alone. */
  placeholder: string;
  /** What it does, in one line. */
  description: string;
  /** The setting it sets, if it is one. */
  setting?: SettingName;
}

/** A wrong use of a task: the message names the flag and what to do. */
export class UsageError extends Error {
  /** Name of the error. */
  override name = "UsageError";
}

/** What the command line says. */
export interface ParsedFlags {
  /** Text by name of the flag; a flag that stands alone gives `true`. */
  values: Record<string, string | true>;
  /** Settings that flags give. */
  settings: Partial<Config>;
  /** Words that are no flags; absent for tasks that take none. */
  words?: string[];
}

/** Flags that every task has. */
export const COMMON_FLAGS: readonly Flag[] = [
  {
    name: "json",
    placeholder: "",
    description: "Print one JSON object on the last line of standard output",
  },
  { name: "quiet", placeholder: "", description: "Print errors only" },
  { name: "help", placeholder: "", description: "Print this text" },
];

/** The flag that says where artifacts are. */
export const WORK_FLAG: Flag = {
  name: "work",
  placeholder: "DIR",
  description: "Work directory, for artifacts and runs (.headstart)",
};

/** The flag that says where fetched weights are. */
export const CACHE_FLAG: Flag = {
  name: "cache",
  placeholder: "DIR",
  description: "Folder of fetched weights ($XDG_CACHE_HOME/headstart)",
};

/** The flag that names the run. */
export const RUN_FLAG: Flag = {
  name: "run",
  placeholder: "NAME",
  description: "Name of the run (default)",
};

/** The flag that looks for damage. */
export const VERIFY_FLAG: Flag = {
  name: "verify",
  placeholder: "",
  description:
    "Read every byte of what is complete, and make damaged files again",
};

/** Spells the name of a setting as a flag. */
function toKebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Shows the default of a setting, where it is not explained by the description. */
function describeDefault(value: unknown): string {
  return value === null || value === false ? "" : ` (${value})`;
}

/**
 * Returns the flags of a task that set settings.
 *
 * @param task The task.
 * @returns The flags, in the order of the table.
 */
export function settingFlags(task: SettingTask): Flag[] {
  return Object.entries(SETTINGS)
    .filter(([, { tasks }]) => tasks.includes(task))
    .map(([setting, row]) => ({
      name: toKebab(setting),
      placeholder: row.kind.placeholder,
      description: row.description + describeDefault(row.default),
      setting: setting as SettingName,
    }));
}

/** Reads the value of a setting from the text of its flag. */
function parseSetting(
  flag: Flag & { setting: SettingName },
  text: string,
): Partial<Config> {
  const { kind } = SETTINGS[flag.setting];
  const value = kind.parse(text);
  const result = kind.schema.safeParse(value);
  if (!result.success) {
    throw new UsageError(
      `Cannot use --${flag.name} as ${
        result.error?.issues[0]?.message
      }: current value is "${text}"`,
    );
  }
  return checkSettings({ [flag.setting]: value }, "flags");
}

/** Finds the flag of an argument. */
function findFlag(arg: string, flags: readonly Flag[]): Flag {
  const names = flags.map(({ name }) => name);
  const spelled = arg.replace(/=.*/s, "");
  const flag = flags.find(({ name }) => spelled === `--${name}`);
  if (flag) return flag;
  const key = spelled.replace(/^--?/, "");
  throw new UsageError(
    key === "" || key === spelled
      ? `Cannot use argument "${arg}": every argument is a flag, such as --${
        names[0]
      }`
      : `Cannot use flag "${spelled}" as there is none of this name: the nearest is --${
        closestString(key, names)
      }`,
  );
}

/**
 * Writes each flag and its value as one argument, `--name=value`.
 *
 * `parseArgs` would take the number of `--seed -1` for a flag, and any text of a
 * boolean for `true`.
 */
function* joinValues(
  args: readonly string[],
  flags: readonly Flag[],
  words: string[] | undefined,
): Generator<string> {
  for (let i = 0; i < args.length; i++) {
    if (words && (args[i] === "-" || !args[i]!.startsWith("-"))) {
      words.push(args[i]!);
      continue;
    }
    const flag = findFlag(args[i]!, flags);
    const { name, placeholder, setting } = flag;
    let text = /=(.*)/s.exec(args[i]!)?.[1];
    if (placeholder !== "") {
      const next = args[i + 1];
      // A number may begin with a dash; any other text needs --name=-text.
      if (text === undefined && !/^-(?!\.?\d)/.test(next ?? "-")) {
        text = next;
        i++;
      }
      if (!text) {
        throw new UsageError(
          `Cannot use --${name} without a value: wanted --${name} ${placeholder}`,
        );
      }
    } else if (text !== undefined && setting === undefined) {
      throw new UsageError(
        `Cannot use --${name} with a value: current value is "${text}"`,
      );
    }
    yield `--${name}=${text ?? "true"}`;
  }
}

/**
 * Reads a command line; of a flag that is given twice the last counts.
 *
 * @param args The arguments.
 * @param flags The flags of the task.
 * @param options Whether the task takes words beside its flags.
 * @returns What the flags say.
 * @throws {UsageError} If a flag is unknown, lacks its value or has a wrong one, or an argument is no flag.
 */
export function parseFlags(
  args: readonly string[],
  flags: readonly Flag[],
  options: { words?: boolean } = {},
): ParsedFlags {
  const words = options.words ? [] : undefined;
  const string = flags.map(({ name }) => name);
  const parsed: Record<string, unknown> = parseArgs(
    [...joinValues(args, flags, words)],
    { string },
  );
  const values: ParsedFlags["values"] = {};
  const settings: Partial<Config> = {};
  for (const flag of flags) {
    const { name, setting, placeholder } = flag;
    const text = parsed[name];
    if (typeof text !== "string") continue;
    if (setting !== undefined) {
      Object.assign(settings, parseSetting({ ...flag, setting }, text));
    } else values[name] = placeholder === "" ? true : text;
  }
  return { values, settings, ...(words && { words }) };
}

/**
 * Renders the text of `--help`.
 *
 * @param task Name of the task.
 * @param summary What the task does; may have several lines.
 * @param flags The flags of the task.
 * @param words What the task takes before its flags.
 * @returns The text.
 */
export function renderHelp(
  task: string,
  summary: string,
  flags: readonly Flag[],
  words = "",
): string {
  const usage = flags.map(({ name, placeholder }) =>
    placeholder.length > 12 ? `--${name} …` : `--${name} ${placeholder}`.trim()
  );
  const width = Math.max(...usage.map((text) => text.length)) + 2;
  const lines = flags.map(({ placeholder, description }, i) => {
    const choices = placeholder.length > 12 ? `${placeholder}: ` : "";
    return `  ${usage[i]!.padEnd(width)}${choices}${description}`;
  });
  return `Usage: deno task ${
    [task, words, "[flags]"].filter(Boolean).join(" ")
  }\n\n${summary}\n\nFlags:\n${lines.join("\n")}`;
}
