import { assert, assertEquals } from "@std/assert";
import { probeDisk } from "../../pipeline/run/workspace.ts";
import { tempDir } from "../support/temp_dir.ts";

Deno.test.each(["", "none", "none/of/these"])(
  "probeDisk() looks at the disk under a folder and leaves nothing: %j",
  async (path) => {
    await using directory = await tempDir();
    const { isWritable, freeBytes } = await probeDisk(directory.join(path));
    assert(isWritable);
    assert(Number.isSafeInteger(freeBytes) && freeBytes > 0);
    assertEquals(await Array.fromAsync(Deno.readDir(directory.path)), []);
  },
);

Deno.test.each(["file", "file/work", "file/work/deeper"])(
  "probeDisk() says that it cannot be written when a file is in the way: %s",
  async (path) => {
    await using directory = await tempDir();
    await Deno.writeTextFile(directory.join("file"), "");
    const { isWritable } = await probeDisk(directory.join(path));
    assertEquals(isWritable, false);
  },
);
