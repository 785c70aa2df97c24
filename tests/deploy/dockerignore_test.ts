import { assertEquals } from "@std/assert";

/** Reads the patterns of a file in the folder of the project. */
async function readPatterns(name: string): Promise<string[]> {
  const url = new URL(`../../${name}`, import.meta.url);
  const lines = (await Deno.readTextFile(url)).split("\n");
  return lines.filter((line) => line !== "" && !line.startsWith("#"));
}

Deno.test("images of the project hold nothing that git leaves out: the work directory has pixels of photos", async () => {
  const kept = (await readPatterns(".dockerignore"))
    .map((pattern) => pattern.replace("**/", ""));
  const names = (await readPatterns(".gitignore"))
    .map((pattern) => pattern.replace(/\/$/, "").split("/").at(-1)!);
  assertEquals(names.filter((name) => !kept.includes(name)), []);
});
