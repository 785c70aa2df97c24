/**
 * What a flag is, and the flags that several tasks have.
 *
 * Settings become flags by their name in kebab case; the table in
 * `pipeline/config/settings.ts` is the one source.
 */

import type { SettingName, SettingTask } from "../../mod.ts";
import { SETTINGS } from "../../pipeline/config/settings.ts";

/** A flag of a task. */
export interface Flag {
  /** Name, without the dashes. */
  name: string;
  /** Stands for the value; empty for a flag that stands alone. */
  placeholder: string;
  /** Whether a flag that stands alone is on, unless `--no-name` turns it off. @default {false} */
  isOn?: boolean;
  /** What it does, in one line. */
  description: string;
  /** The setting it sets, if it is one. */
  setting?: SettingName;
}

/** A wrong use of a task: the message names the flag and what to do. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** Refuses the value of a flag, by the rule that it breaks. */
export function refuseValue(name: string, rule: string, value: unknown): never {
  throw new UsageError(
    `Cannot use --${name} as ${rule}: current value is "${value}"`,
  );
}

/** Flags by the name of their task. */
export type FlagsByTask = Readonly<Record<string, readonly Flag[]>>;

/** What flags do, by how each is given: `name`, `name VALUE`, or `no-name` for one that is on. */
type FlagTexts = Readonly<Record<string, string>>;

/** Reads a table of flags. */
export function flags(texts: FlagTexts): Flag[] {
  return Object.entries(texts).map(([usage, description]) => {
    const [given, placeholder = ""] = usage.split(" ") as [string, string?];
    const name = given.replace(/^no-/, "");
    return { name, placeholder, description, isOn: name !== given };
  });
}

/** Flags that every task has. */
export const COMMON_FLAGS: FlagTexts = {
  json: "Print one JSON object on the last line of standard output",
  quiet: "Print errors only",
  help: "Print this text",
};

/** The flag that says where artifacts are. */
export const WORK_FLAG: FlagTexts = {
  "work DIR": "Work directory: a path, or s3://bucket/prefix (.headstart)",
};

/** The flag that says where fetched weights are. */
export const CACHE_FLAG: FlagTexts = {
  "cache DIR": "Folder of downloaded weights ($XDG_CACHE_HOME/headstart)",
};

export const RUN_FLAG: FlagTexts = { "run NAME": "Name of the run (default)" };

/** The flags of most tasks on one run. */
export const RUN_FLAGS: FlagTexts = {
  ...CACHE_FLAG,
  ...WORK_FLAG,
  ...RUN_FLAG,
};

/** The flags of tasks that complete stages: to look for damage, and not to wait. */
export const STAGE_FLAGS: FlagTexts = {
  verify: "Read every byte of complete stages, and make damaged files again",
  "no-wait": "Leave at once if another task is making the same stage",
  ...RUN_FLAGS,
};

/** The flag that names a part. */
export const PART_FLAG: FlagTexts = {
  "part I/N":
    "Do part I of N, from 0/N (that of the array job it runs in; all: the whole)",
};

/** The flags of tasks that may do a share of a stage: a part of it, or its seal. */
export const SHARE_FLAGS: FlagTexts = {
  ...PART_FLAG,
  seal: "Check what all parts have made, and complete the stage",
  ...STAGE_FLAGS,
};

/** Spells the name of a setting as a flag. */
function toKebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Shows the default of a setting, where it is not explained by the description. */
function describeDefault(value: unknown): string {
  return value === null || value === false ? "" : ` (${value})`;
}

/** Returns the flags of a task that set settings. */
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
