import { assertEquals, assertRejects } from "@std/assert";
import { FileStore } from "../../pipeline/artifact/file_store.ts";
import { tempDir } from "../support/temp_dir.ts";

/** Encodes text. */
function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

Deno.test("writeAtomic() replaces a file and leaves no other", async () => {
  await using directory = await tempDir();
  const store = new FileStore(directory.path);
  await store.writeAtomic("a", utf8("old and long"));
  await store.writeAtomic("a", utf8("new"));
  assertEquals(await store.read("a"), utf8("new"));
  const names = await Array.fromAsync(Deno.readDir(directory.path));
  assertEquals(names.map(({ name }) => name), ["a"]);
});

Deno.test.each<[string, Error | undefined]>([
  ["a disk", undefined],
  ["NFS", Object.assign(new Error("Stale file handle"), { code: "ESTALE" })],
])(
  "writeAtomic() writes again what another machine has swept on %s",
  async (_, error) => {
    await using directory = await tempDir();
    const { rename } = Deno;
    let count = 0;
    Deno.rename = async (from, to) => {
      if (count++ === 0) {
        await Deno.remove(from);
        if (error) throw error;
      }
      await rename(from, to);
    };
    try {
      await new FileStore(directory.path).writeAtomic("a", utf8("x"));
    } finally {
      Deno.rename = rename;
    }
    assertEquals(count, 2);
    assertEquals(await Deno.readTextFile(directory.join("a")), "x");
  },
);

Deno.test("writeAtomic() throws and leaves nothing when the name is a folder", async () => {
  await using directory = await tempDir();
  const store = new FileStore(directory.path);
  await store.writeAtomic("a/b", utf8("x"));
  await assertRejects(() => store.writeAtomic("a", utf8("y")));
  const names = await Array.fromAsync(Deno.readDir(directory.path));
  assertEquals(names.map(({ name }) => name), ["a"]);
  assertEquals(await store.read("a/b"), utf8("x"));
});

Deno.test("writeAtomic() says which file it cannot write", async () => {
  await using directory = await tempDir();
  await Deno.mkdir(directory.join("a"));
  await assertRejects(
    () => new FileStore(directory.path).writeAtomic("a", new Uint8Array(1)),
    Error,
    `Cannot write "${directory.join("a")}": `,
  );
  const names = await Array.fromAsync(Deno.readDir(directory.path));
  assertEquals(names.map(({ name }) => name), ["a"]);
});

Deno.test("writeAtomic() throws what its content throws, and leaves the file as it was", async () => {
  await using directory = await tempDir();
  const store = new FileStore(directory.path);
  await store.writeAtomic("a", utf8("old"));
  const failure = new RangeError("the device is lost");
  const content = function* () {
    yield utf8("new");
    throw failure;
  };
  const error = await assertRejects(() => store.writeAtomic("a", content()));
  assertEquals(error, failure);
  assertEquals(await store.read("a"), utf8("old"));
  assertEquals(await Array.fromAsync(Deno.readDir(directory.path)), [
    { name: "a", isFile: true, isDirectory: false, isSymlink: false },
  ]);
});

Deno.test({
  name: "writeAtomic() makes its root again without a look at the folder above",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using directory = await tempDir();
    const root = directory.join("work");
    const url = new URL(
      "../../pipeline/artifact/file_store.ts",
      import.meta.url,
    );
    const source = `
      import { FileStore } from "${url}";
      await new FileStore("${root}").writeAtomic("a/b", new Uint8Array(1));
      postMessage("written");
    `;
    const worker = new Worker(
      `data:text/typescript,${encodeURIComponent(source)}`,
      {
        type: "module",
        deno: {
          permissions: { read: [root], write: [root], import: "inherit" },
        },
      },
    );
    const said = await new Promise((resolve) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => {
        event.preventDefault();
        resolve(event.message);
      };
    });
    worker.terminate();
    assertEquals(said, "written");
    assertEquals((await Deno.readFile(`${root}/a/b`)).length, 1);
  },
});
