import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import {
  lockWorkDirectory,
  tryLockWorkDirectory,
} from "../../pipeline/artifact/work_lock.ts";
import { DiskError } from "../../pipeline/artifact/disk.ts";
import { tempDir } from "../support/temp_dir.ts";

// Locks belong to an open file and not to a process, so two handles of one
// process stand for two tasks.

const DEBRIS = "incomplete.01234567-89ab-4cde-8f01-23456789abcd.manifest.json";

/** Names in a folder, sorted. */
async function names(folder: string): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(folder));
  return entries.map(({ name }) => name).sort();
}

Deno.test("lockWorkDirectory() creates the directory when it is absent", async () => {
  await using directory = await tempDir();
  const root = directory.join("a", "b");
  using lock = await lockWorkDirectory(root);
  assertEquals(lock.swept, 0);
  assertEquals(await names(root), ["lock"]);
});

Deno.test("lockWorkDirectory() removes debris, and nothing else, when no task is there", async () => {
  await using directory = await tempDir();
  const stage = directory.join("artifacts", "tensors-0");
  await Deno.mkdir(stage, { recursive: true });
  const kept = ["incomplete.jpg", "manifest.json"];
  for (const name of [...kept, DEBRIS]) {
    await Deno.writeTextFile(`${stage}/${name}`, "x");
  }
  // Not a folder that tasks write to: it may be anybody's.
  await Deno.writeTextFile(directory.join(DEBRIS), "x");
  using lock = await lockWorkDirectory(directory.path);
  assertEquals(lock.swept, 1);
  assertEquals(await names(stage), kept);
  assertEquals(await names(directory.path), ["artifacts", DEBRIS, "lock"]);
});

Deno.test("lockWorkDirectory() leaves debris alone while another task holds the lock", async () => {
  await using directory = await tempDir();
  const runs = directory.join("runs");
  await Deno.mkdir(runs);
  {
    using _first = await lockWorkDirectory(directory.path);
    await Deno.writeTextFile(`${runs}/${DEBRIS}`, "being written");
    using second = await lockWorkDirectory(directory.path);
    assertEquals(second.swept, 0);
    assertEquals(await names(runs), [DEBRIS]);
  }
  using third = await lockWorkDirectory(directory.path);
  assertEquals(third.swept, 1);
  assertEquals(await names(runs), []);
});

Deno.test("lockWorkDirectory() throws and lets go when the root is a file", async () => {
  await using directory = await tempDir();
  await Deno.writeTextFile(directory.join("file"), "x");
  await assertRejects(
    () => lockWorkDirectory(directory.join("file")),
    DiskError,
    `Cannot write "${
      directory.join("file", "lock")
    }": something that is no folder is in its way`,
  );
});

Deno.test("lockWorkDirectory() says whom it waits for, and can be stopped", async () => {
  await using directory = await tempDir();
  using _other = await tryLockWorkDirectory(directory.path);
  const controller = new AbortController();
  const holders: string[] = [];
  const onWait = (holder: string) => {
    holders.push(holder);
    controller.abort();
  };
  const { signal } = controller;
  await assertRejects(
    () => lockWorkDirectory(directory.path, { signal, onWait }),
    DOMException,
    "aborted",
  );
  assertEquals(holders.length, 1);
  assertStringIncludes(holders[0]!, `process ${Deno.pid} on `);
});

Deno.test("lockWorkDirectory() leaves debris alone where a task of another machine makes a stage", async () => {
  await using directory = await tempDir();
  for (const name of ["tensors-0", "tensors-1"]) {
    await Deno.mkdir(directory.join("artifacts", name), { recursive: true });
    await Deno.writeTextFile(directory.join("artifacts", name, DEBRIS), "x");
  }
  await Deno.mkdir(directory.join("locks"));
  const holder = { pid: 1, host: "elsewhere", command: "x", since: "y" };
  const text = JSON.stringify(holder);
  await Deno.writeTextFile(directory.join("locks/tensors-0"), text);
  using lock = await lockWorkDirectory(directory.path);
  assertEquals(lock.swept, 1);
  assertEquals(await names(directory.join("artifacts/tensors-0")), [DEBRIS]);
});

Deno.test("lockWorkDirectory() leaves debris of the last hour alone where parts have left notes", async () => {
  await using directory = await tempDir();
  for (const folder of ["artifacts/tensors-0", "parts"]) {
    await Deno.mkdir(directory.join(folder), { recursive: true });
  }
  const old = DEBRIS.replace("0", "1");
  for (const name of [DEBRIS, old]) {
    const path = directory.join("artifacts/tensors-0", name);
    await Deno.writeTextFile(path, "x");
    const hours = name === old ? 1.1 : 0.9;
    const time = new Date(Date.now() - hours * 3_600_000);
    await Deno.utime(path, time, time);
  }
  const note = directory.join("parts/tensors-0-00000-of-00001.json");
  await Deno.writeTextFile(note, "x");
  {
    using lock = await lockWorkDirectory(directory.path);
    assertEquals(lock.swept, 1);
    assertEquals(await names(directory.join("artifacts/tensors-0")), [DEBRIS]);
  }
  await Deno.remove(note);
  {
    using part = await lockWorkDirectory(directory.path, { sweeps: false });
    assertEquals(part.swept, 0);
  }
  using lock = await lockWorkDirectory(directory.path);
  assertEquals(lock.swept, 1);
});
