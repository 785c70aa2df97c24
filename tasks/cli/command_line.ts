/**
 * A command line and the settings it names, as far as permissions depend on them. Read
 * before the task is started, by little code.
 */

import { dirname, join, resolve } from "../../pipeline/path.ts";
import { isLocation } from "../../pipeline/s3/location.ts";
import { resolveFromCaller } from "./caller_folder.ts";

/** Files that hold the settings of a run: one, and its copy. */
const RUN_FILES = ["run.json", "run.copy.json"];

/** Most bytes of a file of settings that is looked at here. */
const MAX_BYTES = 2 ** 24;

/** Settings that say what is read, and by what. */
export interface Settings {
  data?: unknown;
  backbone?: unknown;
  engine?: unknown;
}

/** A command line, as far as it is of use here. */
export interface Line {
  task: string;
  args: readonly string[];
  /** Everything that is no flag, values of flags included. */
  words: string[];
  /** Values by flag; the last counts. */
  values: Map<string, string>;
}

/** Reads a command line. What is no path is taken for one: it names nothing. */
export function readLine(task: string, args: readonly string[]): Line {
  const values = new Map<string, string>();
  const words: string[] = [];
  args.forEach((arg, i) => {
    const [, name, text] = /^--([^=]+)(?:=(.*))?$/s.exec(arg) ?? [];
    if (name === undefined) words.push(arg);
    else values.set(name, text ?? args[i + 1] ?? "");
    if (text !== undefined) words.push(text);
  });
  return { task, args, words, values };
}

/** Looks at a file; `undefined` if there is none. */
export function look(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch {
    return undefined;
  }
}

/** Reads settings from a file; what is wrong with it, the task says. */
function readSettings(path: string, key?: string): Settings {
  try {
    const { isFile, size } = Deno.statSync(path);
    if (!isFile || size > MAX_BYTES) return {};
    const content = JSON.parse(Deno.readTextFileSync(path));
    return (key === undefined ? content : content[key]) ?? {};
  } catch {
    return {};
  }
}

/** Reads a configuration file; its paths are relative to its folder. */
function readConfig(path: string): Settings {
  const settings = readSettings(path);
  const absolute = (value: unknown) =>
    typeof value === "string" && value !== "tiny" && !isLocation(value)
      ? resolve(dirname(path), value)
      : value;
  const { data, backbone } = settings;
  return { ...settings, data: absolute(data), backbone: absolute(backbone) };
}

/** Collects the settings of flags, of a file, and of the runs that are named. */
export function collectSettings(line: Line, work: string): Settings[] {
  const { values, words } = line;
  const config = values.get("config");
  const names = ["default", ...words.flatMap((word) => word.split(","))];
  const runs = names.filter((name) => /^[\w.-]+$/.test(name));
  return [
    Object.fromEntries(values),
    ...config === undefined ? [] : [readConfig(resolveFromCaller(config))],
    ...runs.flatMap((name) =>
      RUN_FILES.map((file) =>
        readSettings(join(work, "runs", name, file), "config")
      )
    ),
  ];
}

/** What the settings of a task say of them. */
export function textOf(
  settings: readonly Settings[],
  name: keyof Settings,
): string[] {
  return settings.map((setting) => setting[name]).filter((value) =>
    typeof value === "string"
  );
}
