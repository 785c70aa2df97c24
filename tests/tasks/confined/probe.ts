/**
 * Tries what a thread may do, and posts what of it was refused.
 *
 * @module
 */

const { work, outside } = JSON.parse(
  new URL(import.meta.url).searchParams.get("in")!,
);

/** What is tried; each throws `NotCapable` where it is refused. */
const ATTEMPTS: Record<string, () => unknown> = {
  "read work": () => Deno.readTextFile(`${work}/file`),
  "write work": () => Deno.writeTextFile(`${work}/new`, ""),
  "read outside": () => Deno.readTextFile(`${outside}/file`),
  "write outside": () => Deno.writeTextFile(`${outside}/written`, ""),
  "make outside": () =>
    Deno.mkdir(`${outside}/new/folder`, { recursive: true }),
  "connect": () => Deno.connect({ hostname: "127.0.0.1", port: 9 }),
  "connect outside": () => Deno.connect({ hostname: "127.0.0.2", port: 9 }),
  "start": () => new Deno.Command("true").output(),
  "native": () => Deno.dlopen("libc.so.6", {}).close(),
};

const refused: string[] = [];
for (const [name, attempt] of Object.entries(ATTEMPTS)) {
  try {
    await attempt();
  } catch (error) {
    // Another error, such as that of a connection, comes after the permission.
    if (error instanceof Deno.errors.NotCapable) refused.push(name);
  }
}
(globalThis as unknown as Worker).postMessage(refused);
