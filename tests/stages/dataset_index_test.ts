import { assertEquals, assertRejects } from "@std/assert";
import { FileAccessError } from "../../pipeline/errors.ts";
import { INDEX_FILES } from "../../pipeline/stages/dataset_index.ts";
import { MemoryStore } from "../support/memory_store.ts";
import { testContext } from "../support/stage_context.ts";
import { index, photos } from "./index_support.ts";

/** Two classes, two splits. */
const TREE = photos(
  "train/a/1.jpg",
  "train/b/1.jpg",
  "val/a/1.jpg",
  "val/b/1.jpg",
);

/** A folder in which some names lead to nothing, or to what may not be read. */
class OddStore extends MemoryStore {
  override async stat(path: string) {
    const entry = await super.stat(path);
    return entry && path.includes("link") ? { ...entry, sizeBytes: -1 } : entry;
  }
  override async *walk(directory: string) {
    for await (const entry of super.walk(directory)) {
      yield await this.stat(entry.path) ?? entry;
    }
  }
  override read(path: string) {
    return path.includes("secret")
      ? Promise.reject(new FileAccessError(path, "it may not be read"))
      : super.read(path);
  }
}

Deno.test("DATASET_INDEX writes records, classes and rejections, then the manifest", async () => {
  const context = testContext();
  const opened = await index(new MemoryStore(TREE), context);
  const { files, manifest } = opened;
  assertEquals(context.store.writes, [
    ...Object.values(INDEX_FILES).map((name) => files.path(name)),
    files.path("manifest.json"),
  ]);
  assertEquals(manifest.counts, { images: 4, rejected: 0, classes: 2 });
  const records = [...await opened.readRecords()];
  const rejected = await Array.fromAsync(opened.streamRejected());
  assertEquals(
    records.map(({ path, label, split }) => `${path} ${label} ${split}`),
    [
      "train/a/1.jpg 0 train",
      "train/b/1.jpg 1 train",
      "val/a/1.jpg 0 validation",
      "val/b/1.jpg 1 validation",
    ],
  );
  assertEquals([opened.classNames, rejected], [["a", "b"], []]);
});

Deno.test("DATASET_INDEX gives the same bytes when given the same photos", async () => {
  const [one, other] = [testContext(), testContext()];
  await index(new MemoryStore(TREE), one);
  await index(new MemoryStore(TREE), other);
  assertEquals(one.store.files, other.store.files);
});

Deno.test("DATASET_INDEX lists what it cannot read, and goes on", async () => {
  const context = testContext();
  const extra = photos("train/a/link.jpg", "train/b/secret.jpg");
  const store = new OddStore({
    ...TREE,
    ...extra,
    "train/a/empty.jpg": "",
  });
  const { streamRejected } = await index(store, context);
  const rejected = await Array.fromAsync(streamRejected());
  assertEquals(rejected.map(({ path, reason }) => [path, reason]).slice(1), [
    ["train/a/link.jpg", "there is no such file"],
    ["train/b/secret.jpg", "it may not be read"],
  ]);
  assertEquals(rejected[0]!.path, "train/a/empty.jpg");
});

Deno.test("DATASET_INDEX begins again when it was stopped", async () => {
  const { store } = testContext();
  const context = testContext(store);
  const { emit } = context;
  context.emit = (event) => {
    emit(event);
    if (event.type === "progress" && event.done === 2) context.stop();
  };
  const source = new MemoryStore(TREE);
  await assertRejects(() => index(source, context), DOMException, "aborted");
  assertEquals(store.writes, []);
  const whole = testContext();
  await index(source, whole);
  await index(source, testContext(store));
  assertEquals(store.files, whole.store.files);
});

/** Paths of as many photos in a folder. */
function paths(folder: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${folder}/${i}.jpg`);
}

Deno.test("DATASET_INDEX holds out exactly its share of each class", async () => {
  const tree = photos(...paths("a", 20), ...paths("b", 20), ...paths("c", 60));
  const { readRecords, files } = await index(
    new MemoryStore(tree),
    testContext(),
  );
  const held = [...await readRecords()]
    .filter(({ split }) => split === "validation");
  assertEquals(
    [0, 1, 2].map((label) => held.filter((r) => r.label === label).length),
    [4, 4, 12],
  );
  assertEquals(files.work.config, {
    validation: 0.2,
    test: 0,
    draw: "exactly, by class",
    seed: 0,
  });
});

Deno.test("DATASET_INDEX leaves out a class without a usable photo, and says so", async () => {
  const context = testContext();
  const store = new MemoryStore({
    "train/.cache/x.jpg": "x",
    "train/aa/broken.jpg": "x",
    "train/empty/notes.txt": "x",
    ...TREE,
  });
  const { classNames, readRecords } = await index(store, context);
  assertEquals(classNames, ["a", "b"]);
  assertEquals([...await readRecords()].map(({ label }) => label), [
    0,
    1,
    0,
    1,
  ]);
  assertEquals(
    context.events.flatMap((e) => e.type === "warning" ? [e.message] : []),
    [
      'left alone as hidden: "train/.cache/"',
      'left alone without a photo: "train/empty/"',
      'ignored, as not an image in a class folder: "train/empty/notes.txt"',
      'left out as no photo of theirs can be used: "aa"',
    ],
  );
});

Deno.test("DATASET_INDEX goes on when val lacks a class, and says so", async () => {
  const context = testContext();
  const tree = photos("train/a/1.jpg", "train/b/1.jpg", "val/a/1.jpg");
  await index(new MemoryStore(tree), context);
  assertEquals(
    context.events.flatMap((e) => e.type === "warning" ? [e.message] : []),
    ['validation has no image of "b"'],
  );
});
