/** Programs that must succeed. */

/** Most of what a program said that an error repeats. */
const LAST_CHARACTERS = 2000;

/** How a program is started. */
export interface RunOptions {
  /** Folder that it runs in. */
  cwd?: string;
  /** Environment variables, beside those of this process. */
  env?: Record<string, string>;
}

/**
 * Runs a program to its end.
 *
 * @throws {Error} If it fails; what it said is in the message.
 */
export async function runChecked(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(command, {
    args: [...args],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    ...options,
    env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1", ...options.env },
  }).output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  if (code === 0) return decode(stdout);
  const said = decode(stderr).trim().slice(-LAST_CHARACTERS);
  throw new Error(`Cannot run "${command} ${args[0]}": ${said}`);
}
