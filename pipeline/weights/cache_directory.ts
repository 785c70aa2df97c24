/** Where fetched weights are kept. */

import { ConfigError } from "../errors.ts";

/** Name of the folder in that for the caches of all programs. */
const NAME = "headstart";

/** Environment variables; `Deno.env` is one. */
export interface Environment {
  /** Returns the value of a variable, or `undefined` if it is not set. */
  get(name: string): string | undefined;
}

/**
 * Returns the folder for weights that were fetched, which all projects of a person
 * share.
 *
 * `$XDG_CACHE_HOME/headstart`, else `~/.cache/headstart`, on macOS
 * `~/Library/Caches/headstart`; on Windows `%LOCALAPPDATA%\headstart`.
 *
 * Source: XDG Base Directory Specification 0.8: an empty value counts as none, and
 * a relative path is to be ignored.
 *
 * @example Usage
 * ```ts
 * cacheDirectory(new Map([["HOME", "/home/ada"]]), "linux"); // "/home/ada/.cache/headstart"
 * ```
 *
 * @param os Operating system, as in `Deno.build.os`.
 * @returns The path, absolute if those in the variables are.
 * @throws {ConfigError} If no variable says where the person's files are.
 */
export function cacheDirectory(env: Environment, os: string): string {
  if (os === "windows") {
    const local = env.get("LOCALAPPDATA");
    if (local) return `${local}\\${NAME}`;
    const profile = env.get("USERPROFILE");
    if (profile) return `${profile}\\AppData\\Local\\${NAME}`;
    throw noCache("LOCALAPPDATA");
  }
  const xdg = env.get("XDG_CACHE_HOME");
  if (xdg?.startsWith("/")) return below(xdg, NAME);
  const home = env.get("HOME");
  if (!home) throw noCache("HOME");
  return below(home, os === "darwin" ? "Library/Caches" : ".cache", NAME);
}

/** Joins paths with one slash between them. */
function below(folder: string, ...names: string[]): string {
  return [folder.replace(/\/+$/, ""), ...names].join("/");
}

/** The error for a system that does not say where files of a person go. */
function noCache(variable: string): ConfigError {
  return new ConfigError(
    `Cannot choose a cache folder as ${variable} is not set`,
    "cache",
  );
}
