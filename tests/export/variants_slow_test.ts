/**
 * Every format with every variant of the graph: paddings of one side, pools that
 * skip pixels, BGR; with a head that has a relu, and a temperature.
 *
 * @module
 */

import { assert } from "@std/assert";
import { FileStore } from "../../pipeline/artifact/file_store.ts";
import { encodeSafetensors } from "../../pipeline/artifact/safetensors.ts";
import { toTensor } from "../../pipeline/artifact/tensor.ts";
import { headLogits } from "../../pipeline/evidence/head_logits.ts";
import type { ExportFacts, ExportModel } from "../../pipeline/export/format.ts";
import { EXPORT_FORMATS, loadFormat } from "../../pipeline/export/formats.ts";
import { initializeHead } from "../../pipeline/head/model.ts";
import {
  type ProfileName,
  resolvePreprocessing,
} from "../../pipeline/image/preprocessing.ts";
import { softmax } from "../../pipeline/metrics/loss.ts";
import { HAS_NATIVE_CODE, withEmbedder } from "../backends/support.ts";
import { formulaBackbone, noise, VARIANT_NAMES } from "../backbone/support.ts";
import { computeCase } from "../metrics/support.ts";
import { findPython } from "../support/python.ts";
import { tempDir } from "../support/temp_dir.ts";
import { largestDifference } from "./support.ts";
import { torchOfFile } from "./torch.ts";

/** What an evaluation said, which no format computes with. */
const METRICS = computeCase({
  classNames: ["a", "b", "c", "d"],
  labels: [0, 1],
  logits: [1, 0, 0, 0, 0, 1, 0, 0],
  seed: 1,
  validation: null,
});

const SIDE = 40;

const COUNT = 3;

const IMAGES = noise(COUNT, SIDE);

const runInTorch = torchOfFile(await findPython("torch, h5py"));

/** Preprocessing of each variant. */
const PROFILES: Record<string, ProfileName> = {
  torchvision: "torch",
  keras: "keras",
  "tf-slim": "tf-slim",
  "tf-same": "seed",
};

/** Makes a model of formulas. */
function makeModel(variant: typeof VARIANT_NAMES[number]): ExportModel {
  const preprocessing = resolvePreprocessing(PROFILES[variant]!, {
    imageSize: SIDE,
  });
  const network = {
    ...formulaBackbone(variant, { width: 2, imageSize: SIDE }),
    normalization: preprocessing.normalization,
  };
  const shape = {
    inputs: 64,
    hidden: 7,
    classes: 4,
    activation: "relu" as const,
  };
  const head = { shape, parameters: initializeHead(shape, 1), metadata: {} };
  const facts = {
    classNames: ["a", "b", "c", "d"],
    preprocessing,
    temperature: 0.7,
    backbone: { licence: "unknown" },
    split: "test",
    metrics: METRICS,
    half: false,
    floatInput: false,
  };
  return { facts: facts as unknown as ExportFacts, network, head };
}

/** What the model says of the images, by the engine and the head that `predict` has. */
async function classify({ network, head, facts }: ExportModel) {
  const own = structuredClone(network);
  const rows = await withEmbedder(
    "wasm",
    own,
    {},
    (embedder) => embedder.embed(IMAGES, { count: COUNT, views: ["plain"] }),
  );
  const { inputs, classes } = head.shape;
  const compute = headLogits(head);
  const logits = Array.from({ length: COUNT }, (_, i) => [
    ...compute(rows.subarray(i * inputs, (i + 1) * inputs)),
  ]);
  const all = Float32Array.from(logits.flat());
  return softmax(all, classes, facts.temperature);
}

for (const variant of VARIANT_NAMES) {
  Deno.test({
    name: `every format runs the graph of ${variant}`,
    ignore: !HAS_NATIVE_CODE,
    async fn(t) {
      const expected = await classify(makeModel(variant));
      const holds = (actual: ArrayLike<number>) => {
        const difference = largestDifference(actual, expected);
        assert(difference <= 1e-5, `${difference}`);
      };
      await using directory = await tempDir();
      const photos = directory.join("photos.safetensors");
      const image = toTensor(IMAGES, [COUNT, SIDE, SIDE, 3]);
      await Deno.writeFile(photos, encodeSafetensors({ image }));
      for (const name of EXPORT_FORMATS) {
        const layouts = name === "onnx" ? [false, true] : [false];
        for (const floatInput of layouts) {
          await t.step(`${name}${floatInput ? " of floats" : ""}`, async () => {
            const format = await loadFormat(name);
            const model = makeModel(variant);
            const facts = { ...model.facts, floatInput };
            const folder = directory.join(`${name}-${floatInput}`);
            await format.write({ ...model, facts }, new FileStore(folder));
            const answers = await format.open(folder, facts);
            holds(await answers.classify(IMAGES.slice(), COUNT));
            await answers.close();
            const isPython = name === "keras" || name === "safetensors";
            if (!isPython || !runInTorch) return;
            holds(await runInTorch(`run_${name}.py`, folder, photos));
          });
        }
      }
    },
  });
}
