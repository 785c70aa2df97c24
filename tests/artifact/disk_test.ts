import { assertEquals, assertMatch } from "@std/assert";
import { explainDisk, freeBytes } from "../../pipeline/artifact/disk.ts";
import { tempDir } from "../support/temp_dir.ts";

Deno.test("freeBytes() asks the disk of the nearest folder that exists", async () => {
  await using directory = await tempDir();
  const free = (await freeBytes(directory.join("a", "b")))!;
  assertEquals(Number.isSafeInteger(free) && free > 0, true);
});

Deno.test({
  name: "freeBytes() returns undefined when it may not ask",
  permissions: { read: true, sys: false },
  fn: async () => assertEquals(await freeBytes("/"), undefined),
});

Deno.test.each<[message: string, isRename: boolean, expected: string]>([
  [
    "No space left on device (os error 28)",
    false,
    "the disk is full: free some space and run the task again",
  ],
  [
    "There is not enough space on the disk. (os error 112)",
    false,
    "the disk is full: free some space and run the task again",
  ],
  [
    "Disk quota exceeded (os error 122): rename '/a' -> '/b'",
    true,
    "the quota is used up: free some space and run the task again",
  ],
])(
  "explainDisk() tells need and free space of %j",
  async (message, isRename, reason) => {
    const wanted = { path: "/a/b", neededBytes: 1500, isRename };
    const error = await explainDisk(new Error(message), wanted);
    assertMatch(
      error.message,
      /^Cannot write "\/a\/b" \(it needs 1\.5 kB, [\d.]+ [kMGT]?B are free\): /,
    );
    assertEquals(error.message.endsWith(`): ${reason}`), true, error.message);
    const { path, neededBytes } = error;
    assertEquals([path, neededBytes], ["/a/b", 1500]);
  },
);

Deno.test.each<[message: string, isRename: boolean, expected: string]>([
  [
    "Read-only file system (os error 30)",
    true,
    "the disk is read-only: use another work directory",
  ],
  [
    "File name too long (os error 36): open '/a/b'",
    false,
    "its path is too long, 4 characters: use a work directory with a shorter path",
  ],
  [
    "Too many levels of symbolic links (os error 40): mkdir '/a'",
    false,
    "its path is a loop of links: remove the link",
  ],
  [
    "Permission denied (os error 13): open '/a/b'",
    false,
    'this user may not write in "/a": use another work directory, or ask its owner',
  ],
  [
    "File exists (os error 17): rename '/a/c' -> '/a/b'",
    true,
    "its file system does not replace files by renaming, which keeps half-written files away: use a work directory on another disk",
  ],
  [
    "Operation not permitted (os error 1)",
    true,
    "its file system does not replace files by renaming, which keeps half-written files away: use a work directory on another disk",
  ],
  [
    "Operation not permitted (os error 1)",
    false,
    'this user may not write in "/a": use another work directory, or ask its owner',
  ],
  [
    "File exists (os error 17): mkdir '/a'",
    false,
    "something that is no folder is in its way: remove that",
  ],
  [
    'Requires read access to "/a", run again with the --allow-read flag',
    false,
    "this program has no permission to write there",
  ],
  [
    "Input/output error (os error 5)",
    false,
    "Input/output error (os error 5)",
  ],
])(
  "explainDisk() explains %j, at renaming %j",
  async (message, isRename, reason) => {
    const wanted = { path: "/a/b", neededBytes: 1500, isRename };
    const error = await explainDisk(new Error(message), wanted);
    assertEquals(error.message, `Cannot write "/a/b": ${reason}`);
  },
);
