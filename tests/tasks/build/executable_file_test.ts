import { assert, assertEquals } from "@std/assert";
import { packExecutable } from "../../../tasks/build/executable_file.ts";
import { runChecked } from "../../../tasks/build/run_checked.ts";
import { type TempDir, tempDir } from "../../support/temp_dir.ts";
import { walkFiles } from "../../support/walk_files.ts";

/** Packs a program that says how it was called. */
async function packTry(directory: TempDir): Promise<string> {
  const folder = directory.join("folder");
  await Deno.mkdir(`${folder}/app`, { recursive: true });
  await Deno.writeTextFile(`${folder}/deno`, "");
  const script = '#!/bin/sh\necho "$HEADSTART_PROGRAM" "$@"\n';
  await Deno.writeTextFile(`${folder}/headstart`, script, { mode: 0o755 });
  const out = directory.join("my program");
  await packExecutable(folder, out);
  return out;
}

Deno.test("packExecutable() makes a program that unpacks itself once", async () => {
  await using directory = await tempDir();
  const program = await packTry(directory);
  const env = { XDG_CACHE_HOME: directory.join("a cache") };
  const start = () => runChecked(program, ["predict", "a b"], { env });
  assertEquals(await start(), `${program} predict a b\n`);
  const list = () => Array.fromAsync(walkFiles(env.XDG_CACHE_HOME));
  const files = await list();
  assertEquals(files.map((path) => path.split("/").slice(3).join("/")).sort(), [
    "deno",
    "headstart",
  ]);
  assertEquals(await start(), `${program} predict a b\n`);
  assertEquals(await list(), files);
});

Deno.test("a packed program says where it cannot unpack, and leaves nothing", async () => {
  await using directory = await tempDir();
  const program = await packTry(directory);
  const file = directory.join("file");
  await Deno.writeTextFile(file, "");
  const fails = async (path: string, cache: string) => {
    const env = { XDG_CACHE_HOME: cache };
    const { message } = await runChecked(path, ["predict"], { env })
      .catch((error) => error);
    return message as string;
  };
  assert((await fails(program, file)).includes("set XDG_CACHE_HOME"));
  const bytes = await Deno.readFile(program);
  const cut = directory.join("cut");
  await Deno.writeFile(cut, bytes.subarray(0, bytes.length - 40), {
    mode: 0o755,
  });
  const cache = directory.join("cache");
  assert((await fails(cut, cache)).includes("Cannot unpack into"));
  assertEquals(await Array.fromAsync(walkFiles(cache)), []);
});
