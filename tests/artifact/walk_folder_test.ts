import { assertEquals, assertRejects } from "@std/assert";
import { FileStore } from "../../pipeline/artifact/file_store.ts";
import { DatasetError } from "../../pipeline/errors.ts";
import { tempDir } from "../support/temp_dir.ts";

Deno.test("walkFolder() ends where links make more ways than can be walked", async () => {
  await using directory = await tempDir();
  for (let i = 0; i < 26; i++) {
    await Deno.mkdir(directory.join(`${i}`));
    for (const name of i < 25 ? ["a", "b", "c"] : []) {
      await Deno.symlink(`../${i + 1}`, directory.join(`${i}`, name));
    }
  }
  await Deno.writeTextFile(directory.join("25", "p.jpg"), "");
  const store = new FileStore(directory.path);
  await assertRejects(
    () => store.list("0"),
    DatasetError,
    `5" as at most 100 ways may lead there: links make more`,
  );
  assertEquals((await store.list("22")).length, 27);
});
