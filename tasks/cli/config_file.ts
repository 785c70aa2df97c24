/**
 * Settings from flags and from a configuration file, with paths made absolute.
 */

import { dirname, isAbsolute, resolve } from "../../pipeline/path.ts";
import type { Config } from "../../mod.ts";
import { PRESET_NAMES } from "../../pipeline/backbone/presets.ts";
import { decodeConfigFile } from "../../pipeline/config/config.ts";
import { isLocation } from "../../pipeline/s3/location.ts";
import { UsageError } from "./flags.ts";
import type { ParsedFlags } from "./parse_flags.ts";
import { resolveUserPath } from "./user_path.ts";

/** Makes the paths among settings absolute. */
function resolvePaths(
  settings: Partial<Config>,
  absolute: (path: string) => string,
): Partial<Config> {
  const resolved = { ...settings };
  const { data } = resolved;
  if (data && !isLocation(data)) resolved.data = absolute(data);
  const { backbone } = resolved;
  if (backbone !== undefined && !PRESET_NAMES.includes(backbone)) {
    resolved.backbone = absolute(backbone);
  }
  return resolved;
}

/** Most bytes of a configuration file. */
const MAX_BYTES = 2 ** 20;

/** Reads a configuration file; its paths are relative to its folder. */
async function readConfigFile(path: string): Promise<Partial<Config>> {
  let text: string;
  try {
    const { isFile, size } = await Deno.stat(path);
    // Reading a pipe would wait for somebody to write into it.
    if (!isFile) throw new Error("it is not a file");
    if (size > MAX_BYTES) {
      throw new Error(`it has more than ${MAX_BYTES} bytes`);
    }
    text = await Deno.readTextFile(path);
  } catch (cause) {
    throw new UsageError(
      `Cannot use --config "${path}": ${(cause as Error).message}`,
    );
  }
  const settings = decodeConfigFile(text, path);
  return resolvePaths(
    settings,
    (p) => isAbsolute(p) ? p : resolve(dirname(path), p),
  );
}

/**
 * Collects settings: flags over the configuration file.
 *
 * @throws {UsageError} If the file cannot be read.
 * @throws {ConfigError} If it is not a configuration.
 */
export async function readSettings(
  flags: Pick<ParsedFlags, "values" | "settings">,
): Promise<Partial<Config>> {
  const { config } = flags.values;
  const file = typeof config === "string"
    ? await readConfigFile(resolveUserPath(config))
    : {};
  return { ...file, ...resolvePaths(flags.settings, resolveUserPath) };
}
