/**
 * Removes what programs that were ended while they wrote it left of their coverage:
 * `deno coverage` refuses a folder with such a file.
 *
 * Run it as `deno run -A tests/whole_coverage.ts`: the folder may be a link to
 * `/dev/shm`, and Deno asks for every permission below `/dev`.
 *
 * @module
 */

const FOLDER = "coverage";

for await (const { name, isFile } of Deno.readDir(FOLDER)) {
  if (!isFile) continue;
  const path = `${FOLDER}/${name}`;
  const text = await Deno.readTextFile(path);
  if (!text.trimEnd().endsWith("}")) await Deno.remove(path);
}
