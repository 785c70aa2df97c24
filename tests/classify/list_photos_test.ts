import { assertEquals, assertRejects } from "@std/assert";
import { listPhotos, readLines } from "../../pipeline/classify/list_photos.ts";
import { DatasetError } from "../../pipeline/errors.ts";
import { deny, IS_REFUSED } from "../support/denied.ts";
import { tempDir } from "../support/temp_dir.ts";

/** A folder of empty files. */
async function folderOf(...names: string[]) {
  const folder = await tempDir();
  for (const name of names) {
    const path = folder.join(name);
    await Deno.mkdir(folder.join(name, ".."), { recursive: true });
    await Deno.writeTextFile(path, "");
  }
  return folder;
}

/** Lists photos, relative to a folder. */
async function list(folder: { path: string }, ...inputs: string[]) {
  const paths = await Array.fromAsync(
    listPhotos(inputs.map((input) => `${folder.path}/${input}`)),
  );
  return paths.map((path) => path.slice(folder.path.length + 1));
}

Deno.test("listPhotos() lists files as they are named, whatever they are", async () => {
  await using folder = await folderOf("b.jpg", "a.png");
  assertEquals(await list(folder, "b.jpg", "gone.jpg", "a.png"), [
    "b.jpg",
    "gone.jpg",
    "a.png",
  ]);
});

Deno.test("listPhotos() lists the photos of a folder by path, and no other files", async () => {
  await using folder = await folderOf(
    ...["p/b/2.jpg", "p/a/1.PNG", "p/notes.txt"],
    // As prepare passes them over.
    ...["p/a/._1.PNG", "p/.thumbnails/1.jpg", "p/__MACOSX/1.jpg"],
  );
  assertEquals(await list(folder, "p"), ["p/a/1.PNG", "p/b/2.jpg"]);
  assertEquals(await list(folder, "p/.thumbnails"), ["p/.thumbnails/1.jpg"]);
});

Deno.test("listPhotos() passes over folders that are excepted", async () => {
  await using folder = await folderOf("p/a.jpg", "p/b/c.jpg", "p/bc/d.jpg");
  const except = [folder.join("p/b")];
  for (const input of ["p", "p/**/*.jpg"]) {
    assertEquals(
      await Array.fromAsync(listPhotos([folder.join(input)], { except })),
      [folder.join("p/a.jpg"), folder.join("p/bc/d.jpg")],
    );
  }
});

Deno.test("listPhotos() lists what matches a pattern", async () => {
  await using folder = await folderOf("p/a/1.jpg", "p/a/2.jpg", "p/b/1.jpg");
  assertEquals(await list(folder, "p/*/1.jpg"), ["p/a/1.jpg", "p/b/1.jpg"]);
  assertEquals(await list(folder, "p/**/*.jpg"), [
    "p/a/1.jpg",
    "p/a/2.jpg",
    "p/b/1.jpg",
  ]);
});

Deno.test.each([
  ["l.csv", "label,path\nx,b.jpg\ny,a.jpg\n"],
  ["l.csv", "file_name;label\nb.jpg;x\na.jpg;y\n"],
  ["l.tsv", "label\tpath\r\nx\tb.jpg\r\ny\ta.jpg\r\n"],
  ["l.csv", "label, path \nx, b.jpg\ny ,.\\a.jpg \n"],
  ["l.jsonl", '{"path":".\\\\b.jpg"}\n\n{"path":"a.jpg"}\n'],
  ["l.jsonl", '{"path":"b.jpg"}\n\n{"path":"a.jpg","label":"y"}'],
  ["l.txt", "b.jpg\r\n\n a.jpg "],
])("listPhotos() lists the paths of %s in their order", async (name, text) => {
  await using folder = await tempDir();
  await Deno.writeTextFile(folder.join(name), text);
  assertEquals(await list(folder, name), ["b.jpg", "a.jpg"]);
});

Deno.test("listPhotos() reads the column that is named, and no other", async () => {
  await using folder = await tempDir();
  const path = folder.join("l.csv");
  await Deno.writeTextFile(path, "path,photo\na.jpg,b.jpg\n");
  assertEquals(
    await Array.fromAsync(listPhotos([path], { pathColumn: "photo" })),
    [folder.join("b.jpg")],
  );
  await assertRejects(
    () => Array.fromAsync(listPhotos([path], { pathColumn: "picture" })),
    DatasetError,
    'every row must have a path in the column "picture", or --path-column must name another: found {"path":"a.jpg","photo":"b.jpg"}',
  );
});

/** Encodes text as UTF-16 with its byte order mark. */
function toUtf16(text: string, isLittleEndian: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(2 * text.length + 2));
  `\ufeff${text}`.split("").forEach((character, i) =>
    view.setUint16(2 * i, character.charCodeAt(0), isLittleEndian)
  );
  return new Uint8Array(view.buffer);
}

Deno.test.each([
  ["l.csv", "label\tpath\r\nx\tà/b.jpg\r\n", true],
  ["l.tsv", "path;label\nà\\b.jpg;x\n", false],
  ["l.txt", "à/b.jpg\r\n", true],
])(
  "listPhotos() reads %s in UTF-16: %j",
  async (name, text, isLittleEndian) => {
    await using folder = await tempDir();
    await Deno.writeFile(folder.join(name), toUtf16(text, isLittleEndian));
    assertEquals(await list(folder, name), ["à/b.jpg"]);
  },
);

Deno.test.each([
  ["l.csv", "path,label\na.jpg\n", "as it must be CSV with a header line"],
  ["l.csv", "file\na.jpg\n", "every row must have a path"],
  ["l.jsonl", "[]\n", "every row must have a path"],
  ["l.jsonl", "{\n", "line 1 of"],
  ["l.csv", 'path\n"a', "as it must be CSV with a header line"],
  ["l.txt", "\n", "as it holds no photo"],
])("listPhotos() refuses %s with %j", async (name, text, message) => {
  await using folder = await tempDir();
  await Deno.writeTextFile(folder.join(name), text);
  await assertRejects(() => list(folder, name), DatasetError, message);
});

Deno.test("listPhotos() refuses a folder and a pattern without photos", async () => {
  await using folder = await folderOf("p/notes.txt");
  const message = "as it holds no photo";
  await assertRejects(() => list(folder, "p"), DatasetError, message);
  await assertRejects(() => list(folder, "p/*.jpg"), DatasetError, message);
});

Deno.test({
  name: "listPhotos() says that a folder within one may not be read",
  ignore: !IS_REFUSED,
  async fn() {
    await using folder = await folderOf("p/a.jpg", "p/b/c.jpg");
    await using _denied = await deny(folder.join("p/b"));
    const message =
      "as the listing ends at a file or folder that cannot be read";
    await assertRejects(() => list(folder, "p"), DatasetError, message);
  },
});

Deno.test({
  name: "listPhotos() passes over folders within one that may not be read",
  ignore: !IS_REFUSED,
  async fn() {
    await using folder = await folderOf("p/a.jpg", "p/b/c/d.jpg", "p/d.jpg");
    await Deno.symlink("b/c/d.jpg", folder.join("p/e.jpg"));
    await Deno.symlink("b/c", folder.join("p/f"));
    await using _denied = await deny(folder.join("p/b"));
    const skipped: string[] = [];
    const onSkip = ({ message }: Error) => skipped.push(message);
    assertEquals(
      await Array.fromAsync(listPhotos([folder.join("p")], { onSkip })),
      ["a", "d", "e"].map((name) => folder.join(`p/${name}.jpg`)),
    );
    const denied = (call: string, path: string) =>
      `Permission denied (os error 13): ${call} '${folder.join(path)}'`;
    assertEquals(skipped.toSorted(), [
      denied("readdir", "p/b"),
      denied("stat", "p/e.jpg"),
      denied("stat", "p/f"),
    ]);
  },
});

Deno.test({
  name: "listPhotos() says no more of a folder that may not be read",
  ignore: !IS_REFUSED,
  async fn() {
    await using folder = await folderOf("p/a.jpg", "q/.Trashes/b.jpg");
    await using _p = await deny(folder.join("p"));
    await using _q = await deny(folder.join("q/.Trashes"));
    const skipped: string[] = [];
    const onSkip = ({ message }: Error) => skipped.push(message);
    const list = (name: string) =>
      Array.fromAsync(listPhotos([folder.join(name)], { onSkip }));
    assertEquals(await list("p"), []);
    assertEquals(skipped.length, 1);
    // What is ignored is not looked into.
    await assertRejects(() => list("q"), DatasetError, "holds no photo");
    assertEquals(skipped.length, 1);
  },
});

Deno.test("readLines() joins what comes in pieces, within a character too", async () => {
  const bytes = new TextEncoder().encode("a\né b\n\nc");
  const pieces = [bytes.slice(0, 3), bytes.slice(3, 4), bytes.slice(4)];
  const stream = ReadableStream.from(pieces);
  assertEquals(await Array.fromAsync(readLines(stream)), ["a", "é b", "c"]);
});
