import { assertEquals, assertRejects } from "@std/assert";
import { FileStore } from "../../pipeline/artifact/file_store.ts";
import { DiskPace } from "../../pipeline/artifact/disk_pace.ts";
import { walkFolder } from "../../pipeline/artifact/walk_folder.ts";
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

Deno.test({
  name: "walkFolder() refuses a folder whose name is not in UTF-8",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using directory = await tempDir();
    const { success } = await new Deno.Command("sh", {
      args: ["-c", `cd "$1" && mkdir "$(printf 'caf\\351')"`, "sh"]
        .concat(directory.path),
    }).output();
    assertEquals(success, true);
    await assertRejects(
      () => new FileStore(directory.path).list(""),
      DatasetError,
      `Cannot list the folder "${
        directory.join("caf\ufffd")
      }" as its name is not in UTF-8: rename it`,
    );
    await Deno.writeTextFile(directory.join("zoo.jpg"), "");
    const skipped: Error[] = [];
    const onSkip = (error: Error) => skipped.push(error);
    const store = new FileStore(directory.path);
    const files = await Array.fromAsync(store.walk("", { onSkip }));
    assertEquals(files.map(({ path }) => path), ["zoo.jpg"]);
    assertEquals(skipped.length, 1);
  },
});

Deno.test("walkFolder() finds the same on a disk that answers at once and on a slow one", async () => {
  await using directory = await tempDir();
  await Deno.mkdir(directory.join("b"));
  await Deno.writeTextFile(directory.join("b", "1.jpg"), "123");
  await Deno.writeTextFile(directory.join("b.jpg"), "12");
  await Deno.symlink("nowhere", directory.join("c.jpg"));
  await Deno.symlink("b", directory.join("d"));
  const walk = (isSlow: boolean) =>
    Array.fromAsync(walkFolder({
      absolute: directory.path,
      prefix: "",
      isHidden: (name: string) => name.startsWith("."),
      pace: Object.defineProperty(new DiskPace(), "isSlow", { value: isSlow }),
    }));
  const [quick, slow] = await Promise.all([walk(false), walk(true)]);
  assertEquals(quick!.map(({ path, sizeBytes }) => [path, sizeBytes]), [
    ["b.jpg", 2],
    ["b/1.jpg", 3],
    ["c.jpg", -1],
    ["d/1.jpg", 3],
  ]);
  assertEquals(slow, quick);
});

Deno.test("walkFolder() waits for no more files where a disk proves slow", async () => {
  /** A disk that is slow from the fourth lookup on. */
  class SlowingPace extends DiskPace {
    lookups = 0;
    override get isSlow(): boolean {
      return this.lookups > 3;
    }
    override measure<T>(look: () => T): T {
      this.lookups++;
      return super.measure(look);
    }
  }
  await using directory = await tempDir();
  const names = Array.from({ length: 9 }, (_, i) => `${i}.jpg`);
  for (const name of names) {
    await Deno.writeTextFile(directory.join(name), name);
  }
  const pace = new SlowingPace();
  const files = await Array.fromAsync(walkFolder({
    absolute: directory.path,
    prefix: "",
    isHidden: () => false,
    pace,
  }));
  assertEquals(files.map(({ path }) => path), names);
  assertEquals(files.every(({ sizeBytes }) => sizeBytes === 5), true);
  // The folder, and three files.
  assertEquals(pace.lookups, 4);
});
