import { assertEquals, assertRejects } from "@std/assert";
import { decodeSealed } from "../../pipeline/artifact/shard.ts";
import { toFloat32, toInt32 } from "../../pipeline/artifact/tensor.ts";
import type { Split } from "../../pipeline/dataset/split.ts";
import type { Multiply } from "../../pipeline/numeric/matrices.ts";
import { FINDINGS } from "../../pipeline/stages/findings.ts";
import type { FindingsInput } from "../../pipeline/findings/search.ts";
import { completeStage, testInput } from "../support/complete_stage.ts";
import { multiplyHere } from "../findings/support.ts";
import { MemoryStore } from "../support/memory_store.ts";
import { testContext } from "../support/stage_context.ts";
import { drawPhotos, inputOf, type Photo } from "./findings_support.ts";

/** A dataset with one fault of each kind; twelve photos a class are in validation, and four in test. */
function faulty(): Partial<Record<Split, Photo[]>> {
  const train = drawPhotos(40, 1, "a");
  const validation = drawPhotos(24, 2, "b");
  const test = drawPhotos(8, 3, "c");
  validation[3] = { ...train[7]! };
  const { at } = train[8]!;
  validation[4] = { at: at.map((x) => x * 1.02), label: 0, bytes: "d" };
  train[10]!.label = 1;
  train[12]!.at = train[12]!.at.map((_, i) => i % 2 ? 2 : -2);
  return { train, validation, test };
}

/** Runs the stage and reads what it has found. */
async function run(
  input: FindingsInput,
  context = testContext(),
  decides?: { references: number },
) {
  const { sources, records, classNames, multiply } = input;
  const compute = {
    name: "wasm",
    multiply,
    openHead: () => {
      throw new Error("findings need no head");
    },
  };
  const bySplit = new Map(sources.map((source) => [
    records.split(source.record(0)),
    source,
  ]));
  const result = await completeStage(FINDINGS, {
    inputs: {
      index: await testInput({
        classNames,
        readRecords: () => Promise.resolve(records),
      }),
      embeddings: await testInput({
        loadSplit: (split: Split) => Promise.resolve(bySplit.get(split)),
      }),
    },
    openCompute: () => Promise.resolve(compute),
    ...decides && { decides },
  }, context);
  const findings = await Array.fromAsync(result.streamFindings());
  const { files, manifest } = result;
  return { files, manifest, findings, context };
}

Deno.test("FINDINGS finds the faults that were planted, and counts them", async () => {
  const { findings, manifest } = await run(inputOf(faulty()));
  const told = findings.map(({ kind, photos, suggested, acrossSplits }) =>
    JSON.stringify([
      kind,
      photos.length > 4 ? photos.length : photos.map(({ record }) => record),
      suggested,
      acrossSplits,
    ])
  );
  assertEquals(told, [
    '["copy",[7,43],null,true]',
    '["near-copy",[8,44],null,true]',
    '["label",[10],"cat",null]',
    '["outlier",[12],null,null]',
    '["small-class",[64,66,68,70],null,null]',
    '["small-class",[65,67,69,71],null,null]',
  ]);
  assertEquals(manifest.counts, {
    photos: 72,
    references: 71,
    copies: 1,
    nearCopies: 1,
    labels: 1,
    outliers: 1,
    smallClasses: 2,
    findings: 6,
  });
});

Deno.test("FINDINGS writes the neighbours of each photo, -1 where there are no more", async () => {
  const photos = drawPhotos(3, 1, "a");
  photos.push({ ...photos[0]! });
  const { files, manifest } = await run(inputOf({ train: photos }));
  const [shard] = manifest.files;
  assertEquals(shard!.path, "neighbours-00000-of-00001.safetensors");
  const bytes = (await files.read(shard!.path))!;
  const { tensors } = await decodeSealed(bytes, shard!.path);
  const shapes = [...tensors].map(([name, { dtype, shape }]) =>
    [name, dtype, ...shape].join(" ")
  );
  assertEquals(shapes.sort(), [
    "cosine F32 4 16",
    "distance F32 4 16",
    "neighbour I32 4 16",
    "record I32 4",
  ]);
  const neighbours = toInt32(tensors.get("neighbour")!, "neighbour");
  assertEquals([...neighbours.subarray(0, 2)].sort(), [1, 2]);
  assertEquals([...neighbours.subarray(2, 16)], Array(14).fill(-1));
  // A copy has the neighbours of the photo that it is a copy of.
  assertEquals(neighbours.slice(48), neighbours.slice(0, 16));
  const cosines = toFloat32(tensors.get("cosine")!, "cosine");
  assertEquals(cosines[2], 0);
});

Deno.test("FINDINGS says so when it compares with a part of the photos", async () => {
  const context = testContext();
  const input = inputOf(faulty());
  const { manifest } = await run(input, context, { references: 50 });
  assertEquals(manifest.counts.references, 50);
  assertEquals(manifest.counts.sketched, 6);
  assertEquals(manifest.counts.copies, 1);
  const warnings = context.events.flatMap((event) =>
    event.type === "warning" ? [event.message] : []
  );
  assertEquals(warnings, [
    "71 photos are compared with 50 of them, and near-copies are looked for among 31 of the 31 outside train: one is missed if neither of its photos is among them",
  ]);
});

Deno.test("FINDINGS finds near-copies across splits though neither photo is a reference", async () => {
  const nearCopies = async (references: number) => {
    const { findings } = await run(inputOf(faulty()), undefined, {
      references,
    });
    return findings.filter(({ kind, acrossSplits }) =>
      kind === "near-copy" && acrossSplits
    );
  };
  assertEquals(await nearCopies(2), await nearCopies(71));
});

Deno.test("FINDINGS copes with the least that can be trained on", async () => {
  const { findings } = await run(inputOf({ train: drawPhotos(2, 1, "a") }));
  assertEquals(findings.filter(({ kind }) => kind === "label"), []);
  const { findings: same } = await run(inputOf({
    train: [
      { at: [1, 1], label: 0, bytes: "a" },
      { at: [1, 1], label: 1, bytes: "a" },
    ],
  }));
  assertEquals(same.map(({ kind, message }) => `${kind}: ${message}`), [
    'copy: the same file 2 times, in train, under "cat" and "dog"',
    'small-class: 1 photo of "cat" in train: 10 are needed to train on',
    'small-class: 1 photo of "dog" in train: 10 are needed to train on',
  ]);
});

Deno.test.each([[9, false], [10, true]])(
  "FINDINGS suggests a class of %d photos: %s",
  async (photos, isSuggested) => {
    // One photo more than are told to be looks like a dog.
    const dogs = drawPhotos(60, 1, "a").filter(({ label }) => label === 1)
      .slice(0, photos + 1);
    dogs.slice(photos).forEach((photo) => photo.label = 0);
    const cats = drawPhotos(60, 2, "b").filter(({ label }) => label === 0);
    const train = [...cats, ...dogs].map(({ at, ...photo }) => (
      { ...photo, at: at.map((x, i) => i === 0 ? x : x / 5) }
    ));
    const { findings } = await run(inputOf({ train }));
    const suggested = findings.map((finding) => finding.suggested);
    assertEquals(suggested.includes("dog"), isSuggested);
  },
);

Deno.test("FINDINGS writes the manifest last, and the same bytes again", async () => {
  const first = await run(inputOf(faulty()));
  const { directory } = first.files;
  const { store } = first.context;
  assertEquals(store.writes, [
    `${directory}/neighbours-00000-of-00001.safetensors`,
    `${directory}/findings.jsonl`,
    `${directory}/manifest.json`,
  ]);
  const second = await run(inputOf(faulty()));
  for (const path of store.writes) {
    assertEquals(await second.context.store.read(path), await store.read(path));
  }
});

Deno.test("FINDINGS goes on with the shards that an earlier run wrote", async (t) => {
  const names = () => store.writes.map((path) => path.split("/").at(-1)!);
  const photos = { train: drawPhotos(2050, 1, "a", 2) };
  const store = new MemoryStore();
  const [first, second, ...rest] = [
    "neighbours-00000-of-00002.safetensors",
    "neighbours-00001-of-00002.safetensors",
    "findings.jsonl",
    "manifest.json",
  ];

  await t.step(
    "the run that fails leaves a shard and no manifest",
    async () => {
      let products = 0;
      const failing: Multiply = (...matrices) => {
        // Four strips of the first block, with itself and with the second.
        if (++products > 8) throw new Error("device lost");
        return multiplyHere(...matrices);
      };
      await assertRejects(
        () => run(inputOf(photos, failing), testContext(store)),
        Error,
        "device lost",
      );
      assertEquals(names(), [first]);
    },
  );

  await t.step("the next run writes only what is missing", async () => {
    await run(inputOf(photos), testContext(store));
    assertEquals(names(), [first, second, ...rest]);
  });
});
