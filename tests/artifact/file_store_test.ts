import { assert, assertEquals, assertRejects } from "@std/assert";
import { toFileUrl } from "@std/path";
import { FileStore, isIncomplete } from "../../pipeline/artifact/file_store.ts";
import { FileAccessError } from "../../pipeline/errors.ts";
import { FIXTURES } from "../support/fixtures.ts";
import { deny, IS_REFUSED } from "../support/denied.ts";
import { tempDir } from "../support/temp_dir.ts";

const DEBRIS = "incomplete.01234567-89ab-4cde-8f01-23456789abcd.a.txt";

/** Whether the links of the fixtures were checked out as links. */
const HAS_LINKS: boolean =
  (await Deno.lstat(new URL("links/tree/linked", FIXTURES))).isSymlink;

/** Encodes text. */
function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

Deno.test("isIncomplete() knows the names of half files and leaves others alone", () => {
  assertEquals(isIncomplete(DEBRIS), true);
  assertEquals(isIncomplete("incomplete.jpg"), false);
  assertEquals(isIncomplete("incomplete.flower.jpg"), false);
  assertEquals(isIncomplete(`x${DEBRIS}`), false);
});

Deno.test("FileStore() takes a path or a file URL", async () => {
  await using directory = await tempDir();
  const path = directory.join("a b", "ü%20");
  assertEquals(new FileStore(path).root, path);
  assertEquals(new FileStore(toFileUrl(path)).root, path);
});

Deno.test("read(), readRange() and stat() find what writeAtomic() wrote", async () => {
  await using directory = await tempDir();
  const store = new FileStore(directory.join("work"));
  const path = "artifacts/rosé 🌹/a b.txt";
  await store.writeAtomic(path, utf8("hello"));
  assertEquals(await store.read(path), utf8("hello"));
  assertEquals(await store.readRange(path, 1, 3), utf8("el"));
  const entry = (await store.stat(path))!;
  const info = await Deno.stat(directory.join("work", path));
  assertEquals(entry, {
    path,
    sizeBytes: 5,
    modifiedMs: info.mtime!.getTime(),
  });
  assertEquals(await store.list(""), [entry]);
});

Deno.test("stat() returns undefined when the path is a folder", async () => {
  await using directory = await tempDir();
  const store = new FileStore(directory.path);
  await store.writeAtomic("folder/a", utf8("x"));
  assertEquals(await store.stat("folder"), undefined);
});

Deno.test("read() takes an absolute path as it stands", async () => {
  await using directory = await tempDir();
  await Deno.writeTextFile(directory.join("a"), "x");
  const store = new FileStore(directory.join("elsewhere"));
  assertEquals(await store.read(directory.join("a")), utf8("x"));
});

Deno.test("walk() finds each of many files once", async () => {
  await using directory = await tempDir();
  const store = new FileStore(directory.path);
  const paths = Array.from({ length: 150 }, (_, i) => `f/${1000 + i}`);
  await Deno.mkdir(directory.join("f"));
  for (const path of paths) {
    await Deno.writeFile(directory.join(path), utf8(path));
  }
  const walked = await Array.fromAsync(store.walk(""));
  assertEquals(walked.map(({ path }) => path), paths);
  assert(walked.every(({ sizeBytes }) => sizeBytes === 6));
});

Deno.test("list() passes over what an interrupted writer left, and nothing else", async () => {
  await using directory = await tempDir();
  const store = new FileStore(directory.path);
  for (const path of [DEBRIS, `a/${DEBRIS}`, "a/incomplete.jpg", "a/.hidden"]) {
    await store.writeAtomic(path, utf8(""));
  }
  assertEquals((await store.list("")).map(({ path }) => path), [
    "a/.hidden",
    "a/incomplete.jpg",
  ]);
});

Deno.test({
  name: "list() and folders() follow links, but not back to a folder above",
  ignore: !HAS_LINKS,
  fn: async () => {
    const store = new FileStore(new URL("links/tree/", FIXTURES));
    assertEquals((await store.list("")).map(({ path }) => path), [
      "b.txt",
      "class/a.txt",
      "itself",
      "linked/a.txt",
      "nowhere",
    ]);
    assertEquals(await store.folders(""), ["class", "linked"]);
    assertEquals(await store.read("linked/a.txt"), utf8("a\n"));
  },
});

Deno.test({
  name: "folders() leaves out no link that may not be read",
  ignore: !IS_REFUSED,
  fn: async () => {
    await using directory = await tempDir();
    await Deno.mkdir(directory.join("locked/run"), { recursive: true });
    await Deno.symlink("locked/run", directory.join("run"));
    await using _denied = await deny(directory.join("locked"));
    const { PermissionDenied } = Deno.errors;
    const store = new FileStore(directory.path);
    await assertRejects(() => store.folders(""), PermissionDenied);
  },
});

Deno.test("list() gives a name that leads to no file the size -1", async () => {
  await using directory = await tempDir();
  await Deno.symlink("nowhere", directory.join("link.jpg"));
  assertEquals(await new FileStore(directory.path).list(""), [
    { path: "link.jpg", sizeBytes: -1, modifiedMs: 0 },
  ]);
});

Deno.test.each([
  ["a NUL", "a\0b"],
  ["5,000 characters", "a/".repeat(2500)],
  ["a name of 300 characters", "a".repeat(300)],
])("stat() finds nothing at a path of %s", async (_, path) => {
  await using directory = await tempDir();
  assertEquals(await new FileStore(directory.path).stat(path), undefined);
});

Deno.test("list() finds nothing behind a link to what is no disk", async () => {
  await using directory = await tempDir();
  await Deno.symlink("/proc", directory.join("link"));
  await Deno.writeTextFile(directory.join("photo.jpg"), "a");
  const found = await new FileStore(directory.path).list("");
  assertEquals(found.map(({ path }) => path), ["photo.jpg"]);
});

Deno.test("read() throws when the path is that of a folder", async () => {
  await using directory = await tempDir();
  const error = await assertRejects(
    () => new FileStore(directory.path).read(""),
    FileAccessError,
    'Cannot read "": it is a folder',
  );
  assertEquals([error.path, error.reason], ["", "it is a folder"]);
});

Deno.test({
  name: "read() throws when a file is larger than memory",
  // Windows gives a file all its bytes on the disk.
  ignore: Deno.build.os === "windows",
  async fn() {
    await using directory = await tempDir();
    await Deno.writeFile(directory.join("shard"), new Uint8Array(1));
    await Deno.truncate(directory.join("shard"), 2 ** 43);
    await assertRejects(
      () => new FileStore(directory.path).read("shard"),
      FileAccessError,
      'Cannot read "shard": it is too large for memory',
    );
  },
});

Deno.test("openSync() notices when the file is gone", async () => {
  await using directory = await tempDir();
  const store = new FileStore(directory.path);
  const read = await store.openSync("b");
  assertEquals(read(new Uint8Array(1), 0), undefined);
});

Deno.test("tryLock() gives a lock to one at a time", async () => {
  await using directory = await tempDir();
  const [one, other] = [
    new FileStore(directory.path),
    new FileStore(directory.path),
  ];
  {
    using lock = await one.tryLock("head-0");
    assertEquals(lock === undefined, false);
    assertEquals(await other.tryLock("head-0"), undefined);
    using _else = await other.tryLock("head-1");
  }
  using again = await other.tryLock("head-0");
  assertEquals(again === undefined, false);
});

Deno.test({
  name: "read() refuses a pipe and does not wait for it",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using directory = await tempDir();
    const args = [directory.join("run.json")];
    await new Deno.Command("mkfifo", { args }).output();
    await assertRejects(
      () => new FileStore(directory.path).read("run.json"),
      FileAccessError,
      'Cannot read "run.json": it is a pipe, a socket or a device',
    );
  },
});
