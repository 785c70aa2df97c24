/**
 * Trying a command.
 *
 * @module
 */

/**
 * Tells whether a command is there and ends well; what it prints is not shown.
 *
 * @param command The command.
 * @param args Its arguments.
 * @returns Whether it does.
 */
export async function succeeds(
  command: string,
  args: string[],
): Promise<boolean> {
  try {
    const silent = { stdout: "null", stderr: "null" } as const;
    const { success } = await new Deno.Command(command, { args, ...silent })
      .output();
    return success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
