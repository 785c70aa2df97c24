/**
 * Versions of the program, of what runs it, and of the packages that decide numbers
 * and pixels (an edge: it asks Deno).
 *
 * @module
 */

import project from "../../deno.json" with { type: "json" };

/** The packages that decide numbers and pixels. */
const PACKAGES = [
  "@tensorflow/tfjs",
  "onnxruntime-node",
  "@cornerstonejs/codec-libjpeg-turbo-8bit",
  "imagescript",
] as const;

/** Lists versions. */
export function listVersions(): Record<string, string> {
  const versions = PACKAGES.map((name) => {
    const pinned = project.imports[name];
    return [name, pinned.slice(pinned.lastIndexOf("@") + 1)] as const;
  });
  return {
    headstart: project.version,
    deno: Deno.version.deno,
    ...Object.fromEntries(versions),
  };
}
