import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { FileLocks, openLockFile } from "../../pipeline/artifact/lock_file.ts";
import {
  describeHolder,
  isHeldElsewhere,
} from "../../pipeline/artifact/lock_holder.ts";
import { tempDir } from "../support/temp_dir.ts";

const HAS_MODES = Deno.build.os !== "windows";

/** Writes a lock file of a task of another machine. */
function writeElsewhere(path: string, pid = 7): Promise<void> {
  const since = "2026-01-02T03:04:05.678Z";
  const holder = { pid, host: "elsewhere", command: "train.ts", since };
  return Deno.writeTextFile(path, JSON.stringify(holder));
}

Deno.test("FileLocks.try() locks a file, which says who holds it until it lets go", async () => {
  await using directory = await tempDir();
  const path = directory.join("a");
  const locks = new FileLocks();
  {
    using lock = await locks.try(path);
    assert(lock);
    assertEquals(await new FileLocks().try(path), undefined);
    const holder = await describeHolder(path);
    assertStringIncludes(holder, `process ${Deno.pid} on ${Deno.hostname()}, `);
    assertMatch(holder, /, since \d{4}-\d\d-\d\dT[\d:.]+Z$/);
    assertEquals(await isHeldElsewhere(path), false);
  }
  assertEquals(await Deno.readTextFile(path), "");
  using again = await locks.try(path);
  assert(again);
});

Deno.test("FileLocks.try() takes over what a dead task of this machine has left", async () => {
  await using directory = await tempDir();
  const path = directory.join("a");
  const holder = { pid: 1, host: Deno.hostname(), command: "x", since: "y" };
  await Deno.writeTextFile(path, JSON.stringify(holder));
  using lock = await new FileLocks().try(path);
  assert(lock);
  assertStringIncludes(await describeHolder(path), `process ${Deno.pid} `);
});

Deno.test("FileLocks.try() takes a lock of another machine once it has stood still for 30 s", async () => {
  await using directory = await tempDir();
  const path = directory.join("a");
  await writeElsewhere(path);
  assertEquals(await isHeldElsewhere(path), true);
  const locks = new FileLocks();
  const { now } = performance;
  let ms = 0;
  performance.now = () => ms;
  try {
    assertEquals(await locks.try(path), undefined);
    ms = 29_000;
    assertEquals(await locks.try(path), undefined);
    // It is alive.
    await Deno.utime(path, 1, 1);
    ms = 31_000;
    assertEquals(await locks.try(path), undefined);
    ms = 60_999;
    assertEquals(await locks.try(path), undefined);
    // Another task holds it.
    await writeElsewhere(path, 8);
    await Deno.utime(path, 1, 1);
    ms = 62_000;
    assertEquals(await locks.try(path), undefined);
    ms = 92_000;
    using lock = await locks.try(path);
    assert(lock);
    assertEquals(await isHeldElsewhere(path), false);
  } finally {
    performance.now = now;
  }
});

Deno.test("describeHolder() says that a program did not say its name", async () => {
  await using directory = await tempDir();
  const path = directory.join("a");
  const nobody = "another program, which does not say its name";
  assertEquals(await describeHolder(path), nobody);
  for (const text of ["", "{}", "null", "7", '{"pid":"7"}', "[".repeat(9999)]) {
    await Deno.writeTextFile(path, text);
    assertEquals(await describeHolder(path), nobody);
  }
});

Deno.test({
  name: "openLockFile() lets all lock who may write in the folder",
  ignore: !HAS_MODES,
  async fn() {
    await using directory = await tempDir();
    const before = Deno.umask(0o077);
    try {
      for (
        const [name, folder, mode] of [["a", 0o770, 0o660], [
          "b",
          0o755,
          0o644,
        ]] as const
      ) {
        await Deno.chmod(directory.path, folder);
        using _file = await openLockFile(directory.join(name));
        const info = await Deno.stat(directory.join(name));
        assertEquals(info.mode! & 0o777, mode);
      }
    } finally {
      Deno.umask(before);
    }
  },
});

Deno.test({
  name: "openLockFile() refuses a pipe and does not wait for it",
  ignore: !HAS_MODES,
  async fn() {
    await using directory = await tempDir();
    const path = directory.join("lock");
    await new Deno.Command("mkfifo", { args: [path] }).output();
    await assertRejects(
      () => openLockFile(path),
      Error,
      `Cannot lock "${path}" as it must be a file: it is a folder, a pipe or a device`,
    );
  },
});
