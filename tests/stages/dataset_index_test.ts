import { assertEquals, assertRejects } from "@std/assert";
import { DatasetError, FileAccessError } from "../../pipeline/errors.ts";
import { listDataset } from "../../pipeline/dataset/dataset_source.ts";
import {
  DATASET_INDEX,
  INDEX_FILES,
} from "../../pipeline/stages/dataset_index.ts";
import { parsePart } from "../../pipeline/shards/part.ts";
import type { Config } from "../../pipeline/config/config_type.ts";
import { completeStage } from "../support/complete_stage.ts";
import { FIXTURES } from "../support/fixtures.ts";
import { MemoryStore } from "../support/memory_store.ts";
import { type TestContext, testContext } from "../support/stage_context.ts";

const PHOTO = await Deno.readFile(
  new URL("images/train/leaf/leaf_01.jpg", FIXTURES),
);

/** Photos whose bytes differ, as every copy has other bytes behind its end. */
function photos(...paths: string[]): Record<string, Uint8Array> {
  return Object.fromEntries(
    paths.map((path, i) => [path, Uint8Array.of(...PHOTO, i)]),
  );
}

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

/** Runs the stage. */
async function index(
  store: MemoryStore,
  context: TestContext,
  config: Partial<Config> = {},
) {
  const source = { store, origin: "photos" };
  const photos = {
    open: () => Promise.resolve(source),
    list: () => listDataset(source),
    openPreprocessor: () => ({
      atOnce: 2,
      preprocess: () => Promise.resolve(new Uint8Array()),
      [Symbol.dispose]() {},
    }),
  };
  return await completeStage(DATASET_INDEX, { photos, config }, context);
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

/** A listing of more photos than one slice holds, some of which cannot be used. */
const MANY: Record<string, Uint8Array> = {
  ...photos(
    ...Array.from({ length: 70 }, (_, i) => `a/${100 + i}.jpg`),
    ...Array.from({ length: 70 }, (_, i) => `b/${100 + i}.jpg`),
  ),
  "a/100.jpg": Uint8Array.of(),
  "b/120.jpg": new TextEncoder().encode("no photo"),
  "b/169.jpg": new TextEncoder().encode("none either"),
};

Deno.test("the index that parts make has the bytes of one that a task makes alone", async () => {
  const alone = testContext();
  await index(new MemoryStore(MANY), alone);
  const context = testContext();
  const source = new MemoryStore(MANY);
  const counts: unknown[] = [];
  // The last is done twice.
  for (const part of ["2/3", "0/3", "1/3", "1/3"].map(parsePart)) {
    const filled = (count: unknown) => void counts.push(count);
    context.share = { kind: "part", part, filled };
    await assertRejects(() => index(source, context), Error, "made a part");
  }
  assertEquals(counts, [
    { shards: 1, made: 1 },
    { shards: 1, made: 1 },
    { shards: 1, made: 1 },
    { shards: 1, made: 0 },
  ]);
  context.share = { kind: "seal", count: 3 };
  await index(source, context);
  assertEquals(context.store.files, alone.store.files);
});

Deno.test("a part of the index opens the photos of its slices alone", async () => {
  const context = testContext();
  const source = new MemoryStore(MANY);
  const part = parsePart("1/3");
  context.share = { kind: "part", part, filled: () => {} };
  const read: string[] = [];
  const { read: readAny } = source;
  source.read = (path) => {
    read.push(path);
    return readAny.call(source, path);
  };
  await assertRejects(() => index(source, context), Error, "made a part");
  assertEquals([read.length, read[0], read.at(-1)], [
    64,
    "a/164.jpg",
    "b/157.jpg",
  ]);
});

Deno.test("a part of a strict index stops at a photo that cannot be used", async () => {
  const context = testContext();
  const part = parsePart("2/3");
  context.share = { kind: "part", part, filled: () => {} };
  await assertRejects(
    () => index(new MemoryStore(MANY), context, { strict: true }),
    DatasetError,
    `Cannot use "b/169.jpg" as it is not an image`,
  );
});
