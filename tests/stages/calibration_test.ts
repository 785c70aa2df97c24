import { assert, assertEquals, assertRejects } from "@std/assert";
import { Artifact } from "../../pipeline/artifact/artifact.ts";
import { encodeSealed } from "../../pipeline/artifact/shard.ts";
import { StageFiles } from "../../pipeline/artifact/stage_files.ts";
import { toTensor } from "../../pipeline/artifact/tensor.ts";
import type { Embedder } from "../../pipeline/backends/backend.ts";
import type { KnownRows } from "../../pipeline/backends/known_rows.ts";
import { rangeNames } from "../../pipeline/backbone/ranges.ts";
import { ImageRecords } from "../../pipeline/dataset/image_records.ts";
import { ConfigError } from "../../pipeline/errors.ts";
import { CALIBRATION } from "../../pipeline/stages/calibration.ts";
import type {
  BackboneRequest,
  Devices,
} from "../../pipeline/stages/outside.ts";
import { TENSORS } from "../../pipeline/stages/tensors.ts";
import { smallBackbone } from "../backbone/support.ts";
import { completeStage, testInput } from "../support/complete_stage.ts";
import { type TestContext, testContext } from "../support/stage_context.ts";
import { HEAD } from "./evidence_support.ts";

/** Photos to train on, of 1x1 pixels: red is the number of the photo. */
const PHOTOS = 200;

/** The network whose activations are measured. */
const { graph } = smallBackbone();

/** Photos of the index. */
function records(): ImageRecords {
  const photo = { sizeBytes: 1, digest: "00".repeat(32), width: 1, height: 1 };
  return new ImageRecords(
    Array.from({ length: PHOTOS }, (_, i) => ({
      ...photo,
      path: `${i}`.padStart(3, "0"),
      label: 0,
      split: "train" as const,
    })),
  );
}

/** Their tensors, one shard. */
async function tensors({ store }: TestContext) {
  const config = { imageSize: 1, shardSize: PHOTOS };
  const work = { stage: "tensors", version: 0, config, inputs: {} };
  const files = await StageFiles.open(store, work);
  const all = Uint8Array.from(
    { length: PHOTOS * 3 },
    (_, i) => i % 3 ? 1 : i / 3,
  );
  const record = Int32Array.from({ length: PHOTOS }, (_, i) => i);
  const bytes = await encodeSealed({
    image: toTensor(all, [PHOTOS, 1, 1, 3]),
    record: toTensor(record, [PHOTOS]),
  }, {});
  const entry = await files.write("train-00000-of-00001.safetensors", bytes);
  const rows = { ...entry, rows: PHOTOS };
  const artifact = new Artifact(files, await files.seal([rows], {}));
  return Object.assign(artifact, await TENSORS.open(artifact));
}

/** A backbone whose embeddings are the pixels, in 8 bits with `error` in the second number, and whose activations end at the number of the photo. */
function devices(error: number, seen: number[][]): Partial<Devices> {
  return {
    openBackbone({ change, arithmetic = {} }: BackboneRequest = {}) {
      const { ranges, measures } = arithmetic;
      const names = rangeNames(change?.(graph) ?? graph);
      return Promise.resolve({
        name: "cpu",
        description: "a test",
        embeddingSize: measures ? 3 + 2 * names.length : 3,
        batchSize: 8,
        embed(images, { count }) {
          const rows = Array.from(
            { length: count },
            (_, i) => [...images.subarray(i * 3, i * 3 + 3)],
          );
          seen.push(rows.map(([red]) => red!));
          const made = rows.flatMap((row) => {
            if (measures) return [...row, ...names.flatMap(() => [0, row[0]!])];
            return ranges ? [row[0]!, row[1]! + error, row[2]!] : row;
          });
          return Promise.resolve(Float32Array.from(made));
        },
        close: () => Promise.resolve(),
      });
    },
  };
}

/** Completes the stage; returns it, and the photos of each call of the backbone. */
async function run(context: TestContext, error = 0, outside = {}) {
  const seen: number[][] = [];
  const index = await testInput({
    readRecords: () => Promise.resolve(records()),
  });
  const result = await completeStage(CALIBRATION, {
    inputs: { index, tensors: await tensors(context) },
    config: { precision: "int8" },
    ...devices(error, seen),
    ...outside,
  }, context);
  return { result, seen };
}

Deno.test("calibration measures photos, and checks those it has measured", async () => {
  const { result, seen } = await run(testContext());
  const [measured, ...checked] = seen as [number[]];
  assertEquals(new Set(measured).size, 64);
  assertEquals(checked, [measured]);
  const [file] = result.manifest.files;
  assertEquals(file!.path, "ranges.json");
  const { ranges } = await result.readArithmetic();
  assertEquals(Object.keys(ranges!).sort(), rangeNames(graph).sort());
  // Of 64 photos the three with the most extreme values are left out.
  const reach = measured.toSorted((a, b) => a - b)[60]!;
  const [low, high] = ranges!["conv1"]!;
  assertEquals(low, 0);
  assert(high >= reach && high <= reach * 2 ** (1 / 8) * 1.000001);
});

Deno.test("calibration hands on the engine that embeds as it has checked", async () => {
  const handed: Parameters<Devices["handOn"]>[] = [];
  const handOn: Devices["handOn"] = (...args) => void handed.push(args);
  const { seen } = await run(testContext(), 0, { handOn });
  const [[engine, known]] = handed as [[Embedder, KnownRows]];
  const reds = Float32Array.from(seen[1]!);
  assertEquals(known.values.filter((_, i) => i % 3 === 0), reds);
  assertEquals(
    known.images.filter((_, i) => i % 3 === 0),
    new Uint8Array(reds),
  );
  await engine.embed(new Uint8Array(3), { count: 1, views: ["plain"] });
  assertEquals([handed.length, seen.at(-1)], [1, [0]]);
});

Deno.test("calibration says how embeddings agree, in an event and in the manifest", async () => {
  const context = testContext();
  const readLastHead = () => Promise.resolve(HEAD);
  const { result } = await run(context, 0.5, { readLastHead });
  const agreement = context.events.find(({ type }) => type === "agreement");
  const { type: _, stage: _stage, precision: _other, ...counts } =
    agreement as unknown as Record<string, number>;
  assertEquals(result.manifest.counts, { measured: 64, ...counts });
  assertEquals([counts.checked, counts.samePrediction], [64, 64]);
});

Deno.test("calibration with the same photos has the same bytes", async () => {
  const bytes = await Promise.all([0, 0].map(async () => {
    const { result } = await run(testContext());
    return await result.read("ranges.json");
  }));
  assertEquals(bytes[0], bytes[1]);
});

Deno.test("calibration writes nothing if embeddings differ too much", async () => {
  const context = testContext();
  const message =
    `Cannot use precision "int8" as embeddings of 64 photos must have a mean cosine of at least 0.995 to those of float32`;
  await assertRejects(() => run(context, 90), ConfigError, message);
  const files = await context.store.list("artifacts");
  assertEquals(files.filter(({ path }) => path.includes("calibration")), []);
});

Deno.test("calibration is made after a failure", async () => {
  const context = testContext();
  const openBackbone = () => Promise.reject(new Error("no device"));
  await assertRejects(() => run(context, 0, { openBackbone }), Error);
  const { result } = await run(context);
  assertEquals(result.manifest.counts.checked, 64);
});
