import { assertEquals, assertRejects } from "@std/assert";
import { sha256 } from "../../pipeline/artifact/digest.ts";
import type { Config } from "../../pipeline/config/config_type.ts";
import { listDataset } from "../../pipeline/dataset/dataset_source.ts";
import { DatasetError, ImageError } from "../../pipeline/errors.ts";
import { parsePart } from "../../pipeline/shards/part.ts";
import { DATASET_INDEX } from "../../pipeline/stages/dataset_index.ts";
import { completeStage } from "../support/complete_stage.ts";
import { readFixture } from "../support/fixtures.ts";
import { MemoryStore } from "../support/memory_store.ts";
import { type TestContext, testContext } from "../support/stage_context.ts";

const PHOTO = await readFixture("images/train/leaf/leaf_01.jpg");

/** A photo, whose last bytes are its path; where that has a `!`, its header is right and its data is not. */
function photoOf(path: string): Uint8Array {
  return Uint8Array.of(...PHOTO, ...new TextEncoder().encode(`|${path}`));
}

/** Reads the path of a photo. */
function pathOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes.subarray(PHOTO.length)).slice(1);
}

/** Indexes photos of some paths; says which were decoded. */
async function index(
  paths: readonly string[],
  options: {
    config?: Partial<Config>;
    context?: TestContext;
    decodes?: (path: string) => void;
  } = {},
) {
  const { config = {}, context = testContext(), decodes } = options;
  const store = new MemoryStore(
    Object.fromEntries(paths.map((path) => [path, photoOf(path)])),
  );
  const source = { store, origin: "photos" };
  const decoded: string[] = [];
  const photos = {
    open: () => Promise.resolve(source),
    list: () => listDataset(source),
  };
  const openPreprocessor = () => ({
    atOnce: 2,
    preprocess(bytes: Uint8Array) {
      const path = pathOf(bytes);
      decoded.push(path);
      decodes?.(path);
      return path.includes("!")
        ? Promise.reject(new ImageError("it is damaged"))
        : Promise.resolve(new Uint8Array());
    },
    [Symbol.dispose]() {},
  });
  const outside = { photos, openPreprocessor, config };
  const opened = await completeStage(DATASET_INDEX, outside, context);
  const records = [...await opened.readRecords()];
  return {
    decoded,
    files: context.store.files,
    classNames: opened.classNames,
    lines: records.map(({ path, label, split }) => `${path} ${label} ${split}`),
    rejected: await Array.fromAsync(opened.streamRejected()),
    warnings: context.events.flatMap((event) =>
      event.type === "warning" ? [event.message] : []
    ),
  };
}

/** Paths of as many photos in a folder. */
function paths(folder: string, count: number, end = ""): string[] {
  return Array.from({ length: count }, (_, i) => `${folder}/${i}${end}.jpg`);
}

Deno.test("the index decodes one photo of each class, and no other", async () => {
  const tree = [...paths("train/a", 3), ...paths("train/b", 3), "val/a/0.jpg"];
  const { decoded, rejected } = await index(tree);
  assertEquals(decoded.toSorted(), ["train/a/0.jpg", "train/b/0.jpg"]);
  assertEquals(rejected, []);
});

Deno.test("the index leaves out a class whose data is damaged in every photo, and numbers the others", async () => {
  const others = ["train/b/0.jpg", "train/c/0.jpg", "val/c/1.jpg"];
  const broken = ["train/a/0!.jpg", "train/a/1!.jpg", "val/a/2!.jpg"];
  const found = await index([...broken, ...others]);
  const { classNames, lines, warnings, rejected } = found;
  assertEquals(classNames, ["b", "c"]);
  assertEquals(lines, [
    "train/b/0.jpg 0 train",
    "train/c/0.jpg 1 train",
    "val/c/1.jpg 1 validation",
  ]);
  assertEquals(warnings, [
    'left out as no photo of theirs can be used: "a"',
    'validation has no image of "b"',
  ]);
  assertEquals(
    rejected,
    await Promise.all(broken.map(async (path) => ({
      path,
      reason: "it is damaged",
      digest: await sha256(photoOf(path)),
    }))),
  );
});

Deno.test("the index decodes no photo twice when classes are left out", async () => {
  const others = ["train/b/0!.jpg", "train/b/1.jpg", "train/c/0.jpg"];
  const broken = ["train/a/0!.jpg", "train/a/1!.jpg"];
  const { decoded, classNames } = await index([...broken, ...others]);
  assertEquals(classNames, ["b", "c"]);
  assertEquals(decoded.toSorted(), [...broken, ...others]);
});

Deno.test("the index decodes no other photo of a lost class when it is told to stop", async () => {
  const stop = new AbortController();
  const context = { ...testContext(), signal: stop.signal };
  const decoded: string[] = [];
  const decodes = (path: string) => {
    decoded.push(path);
    stop.abort(new Error("told to stop"));
  };
  const tree = [...paths("train/a", 9, "!"), ...paths("train/b", 9, "!")];
  await assertRejects(
    () => index(tree, { context, decodes }),
    Error,
    "told to stop",
  );
  assertEquals(decoded.toSorted(), ["train/a/0!.jpg", "train/b/0!.jpg"]);
});

Deno.test("the index names the class that it leaves out before it refuses the one that is left", async () => {
  const context = testContext();
  await assertRejects(
    () => index(["train/a/0!.jpg", "train/b/0.jpg"], { context }),
    DatasetError,
    'Cannot use "photos" as there must be at least two classes: there is "b"',
  );
  assertEquals(
    context.events.filter(({ type }) => type === "warning"),
    [{
      type: "warning",
      stage: "dataset-index",
      message: 'left out as no photo of theirs can be used: "a"',
    }],
  );
});

Deno.test("the index keeps the damaged photos of a class that has a whole one to train on", async () => {
  const tree = ["train/a/0!.jpg", "train/a/1.jpg", "train/b/0.jpg"];
  const { lines, rejected, decoded } = await index(tree);
  assertEquals(lines.length, 3);
  assertEquals(rejected, []);
  assertEquals(decoded.toSorted(), tree);
});

Deno.test("the index draws splits of what can be decoded where a class has too little", async () => {
  const tree = [...paths("a", 9, "!"), "a/9.jpg", ...paths("b", 10)];
  const { lines, rejected } = await index(tree, {
    config: { validation: 0.9 },
  });
  assertEquals(lines.filter((line) => line.startsWith("a/")), [
    "a/9.jpg 0 train",
  ]);
  assertEquals(rejected.length, 9);
  const whole = [...paths("a", 9), "a/9.jpg", ...paths("b", 10)];
  const { lines: ordinary } = await index(whole, {
    config: { validation: 0.9 },
  });
  const ofB = (all: string[]) => all.filter((line) => line.startsWith("b/"));
  assertEquals(ofB(lines), ofB(ordinary));
});

Deno.test("the index refuses a class that val has and whose train photos are damaged", async () => {
  await assertRejects(
    () =>
      index([
        "train/a/0!.jpg",
        "train/b/0.jpg",
        "train/c/0.jpg",
        "val/a/1.jpg",
      ]),
    DatasetError,
    'Cannot use "photos" as every class must have a usable image in train: there is none for "a"',
  );
});

Deno.test("the index of a strict run stops at the first photo of a class that is lost", async () => {
  await assertRejects(
    () =>
      index(["train/a/0!.jpg", "train/b/0.jpg", "train/c/0.jpg"], {
        config: { strict: true },
      }),
    DatasetError,
    'Cannot use "train/a/0!.jpg" as it is damaged; with --no-strict it is listed and left out',
  );
});

/** More photos than one slice of a part holds; a class of them is damaged. */
const MANY = [
  ...paths("train/a", 70, "!"),
  ...paths("train/b", 40),
  ...paths("train/c", 40),
];

Deno.test("the index that parts make leaves out the same class", async () => {
  const alone = await index(MANY);
  assertEquals(alone.classNames, ["b", "c"]);
  const context = testContext();
  for (const part of ["0/2", "1/2"].map(parsePart)) {
    context.share = { kind: "part", part, filled: () => {} };
    await assertRejects(() => index(MANY, { context }), Error, "made a part");
  }
  context.share = { kind: "seal", count: 2 };
  const sealed = await index(MANY, { context });
  assertEquals(sealed.files, alone.files);
});

Deno.test("the index without a damaged class stays as it is when it is verified", async () => {
  const context = testContext();
  const tree = ["train/a/0!.jpg", "train/b/0.jpg", "train/c/0.jpg"];
  await index(tree, { context });
  const writes = [...context.store.writes];
  context.verify = true;
  const { decoded } = await index(tree, { context });
  assertEquals([context.store.writes, decoded], [writes, []]);
});
