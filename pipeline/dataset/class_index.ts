/**
 * The class index: class names in string order, where position is the label.
 */

import { FormatError } from "../errors.ts";
import { compareCodePoints } from "../artifact/code_points.ts";

/**
 * Puts class names in the order of their labels.
 *
 * @example Usage
 * ```ts
 * buildClassIndex(["rose", "10", "2", "rose"]); // ["10", "2", "rose"]
 * ```
 *
 * @param names Class names, in any order, with repetitions.
 * @returns Each name once; its position is its label.
 */
export function buildClassIndex(names: Iterable<string>): string[] {
  return [...new Set(names)].sort(compareCodePoints);
}

/**
 * Encodes a class index as the old script writes `class_indices.json`.
 *
 * @returns UTF-8 bytes of `{"0": "name", …}`.
 */
export function encodeClassIndex(classNames: readonly string[]): Uint8Array {
  const lines = classNames.map((name, label) =>
    `    "${label}": ${JSON.stringify(name)}`
  );
  return new TextEncoder().encode(`{\n${lines.join(",\n")}\n}\n`);
}

/**
 * Decodes a class index.
 *
 * @param bytes UTF-8 bytes of `{"0": "name", …}`.
 * @param path Name of the file, for errors.
 * @throws {FormatError} If labels are not 0, 1, 2 … or names are not text.
 */
export function decodeClassIndex(bytes: Uint8Array, path: string): string[] {
  let value: Record<string, unknown>;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new FormatError(
      `Cannot read "${path}" as a class index as it is not JSON`,
      { path, cause },
    );
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new FormatError(
      `Cannot read "${path}" as a class index as it must be a JSON object`,
      { path },
    );
  }
  return Object.keys(value).map((_, label) => {
    const name = value[label];
    if (typeof name !== "string") {
      throw new FormatError(
        `Cannot read "${path}" as a class index as label ${label} must have a name: it is ${
          JSON.stringify(name)
        }`,
        { path },
      );
    }
    return name;
  });
}
