import { assertEquals, assertRejects } from "@std/assert";
import { ConfigError } from "../../mod.ts";
import { EXPORT_FILE, ExportFolder } from "../../pipeline/export/folder.ts";
import { tempDir } from "../support/temp_dir.ts";
import { walkFiles } from "../support/walk_files.ts";

/** Lists the files below a folder. */
async function filesOf(folder: string): Promise<string[]> {
  return (await Array.fromAsync(walkFiles(folder))).sort();
}

/** Writes an export of some files, and gives it its name if it is to be complete. */
async function writeExport(
  path: string,
  names: readonly string[],
  isComplete = true,
): Promise<void> {
  await using folder = await ExportFolder.open(path);
  const bytes = new TextEncoder().encode("x");
  for (const name of names) await folder.store.writeAtomic(name, bytes);
  const files = names.map((path) => ({ path }));
  const list = new TextEncoder().encode(JSON.stringify({ files }));
  await folder.store.writeAtomic(EXPORT_FILE, list);
  if (isComplete) await folder.commit();
}

Deno.test("an export is there complete, or not at all", async () => {
  await using directory = await tempDir();
  const out = directory.join("a/out");
  await writeExport(out, ["model"], false);
  assertEquals(await filesOf(directory.path), []);
  await writeExport(out, ["model", "part/0"]);
  assertEquals(await filesOf(directory.path), [
    "a/out/export.json",
    "a/out/model",
    "a/out/part/0",
  ]);
});

Deno.test("an export replaces an empty folder and an earlier export, with all of its files", async () => {
  await using directory = await tempDir();
  const out = directory.join("out");
  await Deno.mkdir(out);
  await writeExport(out, ["old"]);
  await writeExport(out, ["new"]);
  assertEquals(await filesOf(directory.path), ["out/export.json", "out/new"]);
});

Deno.test("ExportFolder.open() refuses a file, and a folder that holds anything else", async () => {
  await using directory = await tempDir();
  const [file, full, mixed] = ["file", "full", "mixed"].map((name) =>
    directory.join(name)
  ) as [string, string, string];
  await Deno.writeTextFile(file, "");
  await Deno.mkdir(full);
  await Deno.writeTextFile(`${full}/photo.jpg`, "");
  await writeExport(mixed, ["model"]);
  await Deno.writeTextFile(`${mixed}/notes.txt`, "mine");
  const before = await filesOf(directory.path);
  for (
    const [path, found] of [
      [file, "it is a file"],
      [full, 'it holds "photo.jpg"'],
      [mixed, 'it holds "notes.txt"'],
    ] as const
  ) {
    await assertRejects(
      () => writeExport(path, ["model"]),
      ConfigError,
      `Cannot export to "${path}" as it must be a new or empty folder, or one of an earlier export: ${found}`,
    );
  }
  assertEquals(await filesOf(directory.path), before);
});

Deno.test("commit() refuses what came to be in the folder meanwhile", async () => {
  await using directory = await tempDir();
  const out = directory.join("out");
  {
    await using folder = await ExportFolder.open(out);
    await Deno.mkdir(out);
    await Deno.writeTextFile(`${out}/photo.jpg`, "");
    await assertRejects(() => folder.commit(), ConfigError, "photo.jpg");
  }
  assertEquals(await filesOf(directory.path), ["out/photo.jpg"]);
});

Deno.test("ExportFolder.open() removes what a killed export left, and not what another one writes", async () => {
  await using directory = await tempDir();
  const out = directory.join("out");
  const left = directory.join(`incomplete.${crypto.randomUUID()}.out`);
  await Deno.mkdir(left);
  await Deno.writeTextFile(`${left}/model`, "half");
  await using one = await ExportFolder.open(out);
  await one.store.writeAtomic("model", new Uint8Array(1));
  await using _other = await ExportFolder.open(out);
  const names = (await filesOf(directory.path)).map((path) =>
    path.replace(/^[^/]*\//, "")
  );
  assertEquals(names.toSorted(), ["lock", "lock", "model"]);
});
