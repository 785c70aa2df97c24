/**
 * A home without any files, for programs of which a test asks what they leave.
 *
 * @module
 */

import { join } from "@std/path";

/** Returns the folder where Deno keeps modules. */
async function denoDir(): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json"],
  }).output();
  return JSON.parse(new TextDecoder().decode(stdout)).denoDir;
}

/**
 * Makes the folders of a home and a temporary folder, all empty.
 *
 * @param folder Absolute path of the folder to make them in.
 * @returns The whole environment of a program that is to use them, and the modules that Deno has.
 */
export async function freshHome(
  folder: string,
): Promise<Record<string, string>> {
  const folders = {
    HOME: join(folder, "home"),
    TMPDIR: join(folder, "temporary"),
    XDG_CACHE_HOME: join(folder, "home", ".cache"),
    XDG_CONFIG_HOME: join(folder, "home", ".config"),
    XDG_DATA_HOME: join(folder, "home", ".local", "share"),
    XDG_STATE_HOME: join(folder, "home", ".local", "state"),
    XDG_RUNTIME_DIR: join(folder, "runtime"),
  };
  for (const path of Object.values(folders)) {
    await Deno.mkdir(path, { recursive: true });
  }
  return {
    ...folders,
    PATH: Deno.env.get("PATH") ?? "",
    DENO_DIR: await denoDir(),
    NO_COLOR: "1",
  };
}
