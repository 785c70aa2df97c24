/**
 * The permissions of workers: they read the code of the program, and nothing else.
 */

/** Permissions of a thread, as the constructor of a worker takes them. */
type WorkerPermissions = Deno.PermissionOptionsObject;

/** Variables that libraries in workers ask for. */
const VARIABLES = ["IMAGESCRIPT_WASM_SIMD"];

let isNarrow = false;

/**
 * Lets workers that decode photos, read HDF5 files or run a backbone read the code
 * of this program, and nothing else: no other file, no network, no programs.
 *
 * Call it once at the start, in a program that Deno runs with the flag
 * `--unstable-worker-options`: without the flag Deno ends a program that starts a
 * worker with permissions of its own.
 */
export function narrowWorkers(): void {
  isNarrow = true;
}

/** Returns where the code of workers is, with the packages it uses; nothing where it does not come from files. */
export function codeFolders(): URL[] {
  const own = new URL("../", import.meta.url);
  const [packages] = import.meta.resolve("@std/path").split("/deno-std");
  return [own, new URL(`${packages}/`)].filter(({ protocol }) =>
    protocol === "file:"
  );
}

/** Whether this thread has a permission. */
function isGranted(query: Deno.PermissionDescriptor): boolean {
  return Deno.permissions.querySync(query).state === "granted";
}

/**
 * Returns the permissions of a worker.
 *
 * @param isNative Whether it loads native code, which no permission holds back.
 * @returns The permissions, none beyond those of this thread; `undefined` for all of them.
 */
export function workerPermissions(
  isNative: boolean,
): WorkerPermissions | undefined {
  if (!isNarrow) return undefined;
  const read = codeFolders().filter((path) =>
    isGranted({ name: "read", path })
  );
  if (isNative) return { read, env: "inherit", sys: "inherit", ffi: "inherit" };
  const env = VARIABLES.filter((variable) =>
    isGranted({ name: "env", variable })
  );
  return { read, env };
}
