import { assertEquals } from "@std/assert";
import type { BackendName, Embedder } from "../../pipeline/backends/backend.ts";
import {
  Classifier,
  type ClassifierParts,
} from "../../pipeline/classify/classifier.ts";
import type { PixelImage } from "../../pipeline/classify/photo.ts";
import type { TrainedModel } from "../../pipeline/classify/trained_model.ts";
import { ImageError, LateImageError } from "../../pipeline/errors.ts";
import { readImageHeader } from "../../pipeline/image/header.ts";
import type { Preprocessor } from "../../pipeline/image/preprocessor.ts";
import { FACTS } from "../serve/support.ts";

/** A head of one input and two classes, whose logit of the second is the embedding. */
const MODEL: TrainedModel = {
  head: {
    shape: { inputs: 1, hidden: 0, classes: 2, activation: "linear" },
    parameters: {
      "dense1.kernel": Float32Array.of(0, 1),
      "dense1.bias": Float32Array.of(0, 0),
    },
    metadata: {},
  },
  classNames: ["other", "seen"],
  preprocessing: FACTS.preprocessing,
  backboneDigest: "",
  variant: "torchvision",
  arithmetic: {},
  fingerprint: "",
} as unknown as TrainedModel;

/** Opens a classifier of photos of one byte; their embedding is that byte. */
function open(
  changes: Partial<Preprocessor>,
  { engine = {}, ...parts }: Partial<ClassifierParts> & {
    engine?: Partial<Embedder>;
  } = {},
): Classifier {
  return new Classifier({
    ...parts,
    model: MODEL,
    temperature: 1,
    heatmaps: false,
    preprocessor: {
      atOnce: 2,
      preprocess: (bytes) => Promise.resolve(bytes),
      [Symbol.dispose]() {},
      ...changes,
    },
    embedder: {
      name: "wasm",
      description: "",
      embeddingSize: 1,
      batchSize: 4,
      embed: (images) => Promise.resolve(Float32Array.from(images)),
      close: () => Promise.resolve(),
      ...engine,
    },
  });
}

Deno.test.each<[BackendName, number[]]>([
  ["cpu", [2, 2, 2, 2]],
  ["wasm", [4, 4]],
  ["webgpu", [4, 4]],
])(
  "classifySquare() lets the time of photos bound batches on cpu alone: %s",
  async (name, wanted) => {
    const batches: number[] = [];
    const embed: Embedder["embed"] = (images, { count }) => {
      batches.push(count);
      return Promise.resolve(Float32Array.from(images));
    };
    const engine = { name, embed };
    await using classifier = open({}, { engine, most: () => 2 });
    // Squares are there at once; a digest is made in another thread, sooner or later.
    const squares = Array.from({ length: 8 }, () => Uint8Array.of(1));
    await Promise.all(
      squares.map((square) => classifier.classifySquare(square, {})),
    );
    assertEquals(batches, wanted);
  },
);

Deno.test("classifyMany() tries a photo again whose decoder hangs or crashes, and goes on", async () => {
  const tries: number[] = [];
  await using classifier = open({
    preprocess(bytes) {
      if (bytes[0] === 1) return Promise.reject(new LateImageError(1000));
      if (bytes[0] === 2) return Promise.reject(new Error("unreachable"));
      if (bytes[0] === 3) return Promise.reject(new ImageError("it is cut"));
      return Promise.resolve(bytes);
    },
    again(bytes) {
      tries.push(bytes[0]!);
      return bytes[0] === 2
        ? Promise.reject(new ImageError("its decoder crashes"))
        : Promise.resolve(bytes);
    },
  });
  const photos = [1, 2, 3, 4].map((byte) => Uint8Array.of(byte));
  const results = await Array.fromAsync(classifier.classifyMany(photos));
  assertEquals(
    results.map((result) =>
      "error" in result ? result.error : result.top[0]!.class
    ),
    ["seen", "its decoder crashes", "it is cut", "seen"],
  );
  // Their digests, in other threads, may end in any order.
  assertEquals(tries.toSorted(), [1, 2]);
});

Deno.test("the disposal of a classifier waits for photos that are decoded", async () => {
  const decoded = Promise.withResolvers<Uint8Array>();
  const order: string[] = [];
  const classifier = open({
    preprocess: () => decoded.promise,
    [Symbol.dispose]: () => void order.push("closed"),
  }, {
    engine: {
      embed(images) {
        order.push("embedded");
        return Promise.resolve(Float32Array.from(images));
      },
    },
  });
  const answer = classifier.classify(Uint8Array.of(1));
  const disposed = classifier[Symbol.asyncDispose]();
  decoded.resolve(Uint8Array.of(1));
  await disposed;
  assertEquals(order, ["embedded", "closed"]);
  assertEquals((await answer).top[0]!.class, "seen");
});

Deno.test("drawHeat() draws over ImageData, whose members are getters", async () => {
  await using classifier = open({});
  const map = { values: Float32Array.of(1), width: 1, height: 1 };
  const heat = { pixels: new Uint8Array(3), side: 1, map };
  const [width, height] = [4, 2];
  const canvas = new ImageData(width, height) as PixelImage;
  const data = new Uint8Array(width * height * 4);
  const drawn = await classifier.drawHeat(canvas, heat);
  assertEquals(drawn, await classifier.drawHeat({ width, height, data }, heat));
  const header = readImageHeader(drawn);
  assertEquals([header.width, header.height], [width, height]);
});
