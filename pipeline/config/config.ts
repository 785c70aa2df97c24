/** Configurations: a value for every setting, checked, from several layers. */

import { closestString } from "@std/text/closest-string";
import { ConfigError } from "../errors.ts";
import type { Config, SettingName } from "./config_type.ts";
import { SETTING_NAMES, SETTINGS } from "./settings.ts";

/**
 * Returns the default of every setting.
 *
 * @example Usage
 * ```ts
 * defaultConfig().epochs; // 100
 * ```
 */
export function defaultConfig(): Config {
  return Object.fromEntries(
    SETTING_NAMES.map((name) => [name, SETTINGS[name].default]),
  ) as unknown as Config;
}

/** Whether `name` is a setting. */
function isSetting(name: string): name is SettingName {
  return Object.hasOwn(SETTINGS, name);
}

/**
 * Checks values for some of the settings.
 *
 * @param origin Where they come from, for errors: a file, or `run.json`.
 * @throws {ConfigError} If a name is not a setting, or a value is not of its kind.
 */
export function checkSettings(
  values: unknown,
  origin: string,
): Partial<Config> {
  if (
    typeof values !== "object" || values === null || Array.isArray(values)
  ) {
    throw new ConfigError(
      `Cannot use ${origin} as settings as it must be a JSON object`,
      "",
    );
  }
  for (const [name, value] of Object.entries(values)) {
    if (!isSetting(name)) {
      throw new ConfigError(
        `Cannot use setting "${name}" of ${origin} as there is none of this name: the nearest is "${
          closestString(name, SETTING_NAMES)
        }"`,
        name,
      );
    }
    const { kind } = SETTINGS[name];
    if (!kind.allows(value)) {
      throw new ConfigError(
        `Cannot use setting "${name}" of ${origin} as ${kind.error}: current value is ${
          JSON.stringify(value)
        }`,
        name,
      );
    }
  }
  return values as Partial<Config>;
}

/**
 * Decodes a configuration file.
 *
 * @throws {ConfigError} If it is not JSON, or {@linkcode checkSettings} refuses it.
 */
export function decodeConfigFile(text: string, path: string): Partial<Config> {
  let values: unknown;
  try {
    values = JSON.parse(text);
  } catch (cause) {
    throw new ConfigError(
      `Cannot read "${path}" as a configuration as it is not JSON: ${
        (cause as Error).message
      }`,
      "",
    );
  }
  return checkSettings(values, `"${path}"`);
}

/**
 * Merges configurations; a later one wins.
 *
 * @param layers Settings, complete or not; the first must be complete.
 * @throws {ConfigError} If settings contradict each other.
 */
export function mergeConfig(
  ...layers: [Config, ...Partial<Config>[]]
): Config {
  const config: Config = Object.assign({}, ...layers);
  const held = (config.validation ?? 0) + (config.test ?? 0);
  if (held >= 1) {
    throw new ConfigError(
      `Cannot use settings "validation" and "test" as together they must leave photos to train on: their sum is ${held}`,
      "validation",
    );
  }
  const { engine, precision } = config;
  const own = { int8: "cpu", float16: "webgpu", float32: engine, auto: engine };
  if (engine !== "auto" && engine !== own[precision]) {
    throw new ConfigError(
      `Cannot use settings "engine" and "precision" as ${precision} is computed by the engine ${
        own[precision]
      } alone: engine is ${engine}`,
      "precision",
    );
  }
  return config;
}
