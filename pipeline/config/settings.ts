/**
 * Every setting of the pipeline in one table: kind, default, unit, meaning.
 *
 * Flags, configuration files, `--help` and the table of `docs/settings.md` all
 * come from here. The numbers of the old Keras script are the defaults.
 */

import type { Config, SettingName } from "./config_type.ts";
import { PHOTO_SETTINGS } from "./photo_settings.ts";
import type { Setting } from "./kinds.ts";
import { TRAINING_SETTINGS } from "./training_settings.ts";

/** A row for every setting. */
export type SettingsTable = {
  readonly [Name in SettingName]: Setting<Config[Name]>;
};

/** The table of settings, by name. */
export const SETTINGS: SettingsTable = {
  ...PHOTO_SETTINGS,
  ...TRAINING_SETTINGS,
};

/** The names of all settings, in the order of the table. */
export const SETTING_NAMES: readonly SettingName[] = Object.keys(
  SETTINGS,
) as SettingName[];
