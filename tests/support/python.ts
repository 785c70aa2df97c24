/**
 * Finding a Python with what a test compares with.
 *
 * @module
 */

/** Ends with 0 if all modules are there; loading PyTorch to know takes a second. */
const HAS_MODULES = `
import sys
from importlib.util import find_spec
sys.exit(not all(find_spec(name) for name in sys.argv[1].split(", ")))
`;

/**
 * Returns a Python that has modules, or `undefined` where there is none.
 *
 * @param modules The modules, as `import` names them.
 */
export async function findPython(modules: string): Promise<string | undefined> {
  for (const python of ["/usr/bin/python3", "python3"]) {
    try {
      const args = ["-c", HAS_MODULES, modules];
      const command = new Deno.Command(python, { args, stderr: "null" });
      if ((await command.output()).success) return python;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return undefined;
}
