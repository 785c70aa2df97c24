/** Settings for pages that travel: places by their names alone. */

import type { Config } from "./config_type.ts";

/**
 * Returns the last name of a path: the folder or file that it leads to.
 *
 * @param path A path, of any system, or a name.
 */
export function lastName(path: string): string {
  return path.split(/[\\/]/).findLast((name) => name !== "") ?? path;
}

/**
 * Returns settings without the folders above photos and weights, which say who
 * made a page, and where.
 *
 * @returns The same, with names for paths.
 */
export function namePlaces(config: Config): Config {
  const { data, backbone } = config;
  return {
    ...config,
    data: data === null ? null : lastName(data),
    backbone: lastName(backbone),
  };
}
