import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  isPixels,
  type Photo,
  readPhoto,
  toRgb,
} from "../../pipeline/classify/photo.ts";
import { FileAccessError } from "../../pipeline/errors.ts";
import { tempDir } from "../support/temp_dir.ts";

Deno.test("readPhoto() refuses a file by its size, and reads none of it", async () => {
  await using folder = await tempDir();
  const path = folder.join("a.jpg");
  await Deno.writeTextFile(path, "");
  // A hole, which takes no room.
  await Deno.truncate(path, 2 ** 29 + 1);
  const error = await assertRejects(() => readPhoto(path), FileAccessError);
  assertEquals(
    error.reason,
    "it has 536870913 bytes, more than the limit of 536870912",
  );
});

Deno.test.each(["/dev/zero", "/"])(
  "readPhoto() does not open %s",
  async (path) => {
    const error = await assertRejects(() => readPhoto(path), FileAccessError);
    const reason = path === "/" ? "it is a folder" : "it is not a file";
    const isRefused = [reason, "it may not be read"].includes(error.reason);
    assertEquals(isRefused, true, error.reason);
  },
);

Deno.test({
  name: "readPhoto() says why a name leads to no file",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using folder = await tempDir();
    await Deno.symlink("loop", folder.join("loop"));
    await Deno.writeTextFile(folder.join("file"), "");
    const names = ["lost", "file/a", "a".repeat(300), "loop", "a\0b"];
    const reasons = names.map(async (name) => {
      const error = await assertRejects(
        () => readPhoto(folder.join(name)),
        FileAccessError,
      );
      return error.reason;
    });
    assertEquals(await Promise.all(reasons), [
      "there is no such file",
      "there is no such file",
      "File name too long",
      "Too many levels of symbolic links",
      "file name contained an unexpected NUL byte",
    ]);
  },
});

Deno.test.each([undefined, null, 5, new ArrayBuffer(1), new URL("file:///a")])(
  "isPixels() refuses %s",
  (photo) => {
    assertThrows(
      () => isPixels(photo as unknown as Photo),
      TypeError,
      "Cannot classify a photo as it must be a path, the bytes of a file",
    );
  },
);

Deno.test.each([[0, 0], [-1, -1], [1.5, 2], [NaN, 1]])(
  "toRgb() refuses %sx%s pixels",
  (width, height) => {
    const data = new Uint8Array(Math.abs(width * height) * 3 || 0);
    assertThrows(
      () => toRgb({ width, height, data }),
      RangeError,
      `Cannot classify ${width}x${height} pixels as width and height must be positive integers`,
    );
  },
);
