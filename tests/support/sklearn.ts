/**
 * Finding a Python with scikit-learn.
 *
 * @module
 */

/** Returns a Python that has scikit-learn, or `undefined` where there is none. */
export async function findSklearn(): Promise<string | undefined> {
  for (const python of ["/usr/bin/python3", "python3"]) {
    try {
      const args = ["-c", "import sklearn"];
      const command = new Deno.Command(python, { args, stderr: "null" });
      if ((await command.output()).success) return python;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return undefined;
}
