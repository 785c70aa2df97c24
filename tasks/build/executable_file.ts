/** The forms of an executable. */

import { join } from "../../pipeline/path.ts";
import type { Target } from "./app_folder.ts";
import { runChecked } from "./run_checked.ts";
import { START_SCRIPT, unpackScript } from "./start_script.ts";

/** Permissions of a compiled program: those of predict and serve together. */
const PERMISSIONS = ["read", "write", "env", "ffi", "net"];

/**
 * Compiles a folder with Deno's own compiler, which needs its small runtime: where
 * `DENORT_BIN` does not name it, Deno fetches it.
 *
 * @throws {Error} If Deno cannot.
 */
export async function compileExecutable(
  app: string,
  out: string,
  target: Target,
): Promise<void> {
  await runChecked(Deno.execPath(), [
    "compile",
    "--no-check",
    "--no-lock",
    "--quiet",
    // Native code of onnxruntime loads from the disk only.
    "--self-extracting",
    ...PERMISSIONS.map((name) => `--allow-${name}`),
    "--no-prompt",
    "--unstable-worker-options",
    ...["pipeline", "fixtures", "model", "node_modules"].map((name) =>
      `--include=${name}`
    ),
    `--target=${target.triple}`,
    `--output=${out}`,
    "tasks/executable.ts",
  ], { cwd: app });
}

/**
 * Completes a folder that starts by its script `headstart`: Deno, and `app/`.
 *
 * @param folder The folder, which holds `app/`.
 * @param deno Path of the Deno that travels with it.
 */
export async function completeFolder(
  folder: string,
  deno: string,
): Promise<void> {
  await Deno.copyFile(deno, join(folder, "deno"));
  await Deno.chmod(join(folder, "deno"), 0o755);
  await Deno.writeTextFile(join(folder, "headstart"), START_SCRIPT);
  await Deno.chmod(join(folder, "headstart"), 0o755);
}

/** Computes the digest of a file, in hex. */
async function digestFile(path: string): Promise<string> {
  const bytes = await Deno.readFile(path);
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return new Uint8Array(digest).toHex();
}

/**
 * Packs a complete folder into a file that unpacks itself when it is first started.
 *
 * @throws {Error} If there is no `tar`.
 */
export async function packExecutable(
  folder: string,
  out: string,
): Promise<void> {
  const archive = `${out}.tar.gz`;
  try {
    const args = ["-czf", archive, "-C", folder, "app", "deno", "headstart"];
    await runChecked("tar", args);
    const script = unpackScript(await digestFile(archive));
    await Deno.writeTextFile(out, script, { createNew: true });
    using packed = await Deno.open(archive);
    await Deno.writeFile(out, packed.readable, { append: true });
    await Deno.chmod(out, 0o755);
  } finally {
    await Deno.remove(archive).catch(() => {});
  }
}
