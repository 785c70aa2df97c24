import { assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import {
  levelTable,
  makeNormalizer,
  type View,
} from "../../../pipeline/backbone/normalize.ts";
import { startWebgpu } from "../../../pipeline/backends/webgpu/device.ts";
import { unpackPixels } from "../../../pipeline/backends/webgpu/kernels.ts";
import { PROFILES } from "../../../pipeline/image/preprocessing.ts";
import { noise } from "../../backbone/support.ts";
import { HAS_ADAPTER } from "../support.ts";

const CASES: { profile: "seed" | "torch" | "keras"; views: View[] }[] = [
  { profile: "torch", views: ["plain"] },
  { profile: "seed", views: ["flipped"] },
  { profile: "keras", views: ["plain", "flipped"] },
  { profile: "torch", views: ["flipped", "plain"] },
];

// 3 images of 6x6 pixels: their 324 bytes are whole words, a row is not.
const [COUNT, IMAGE_SIZE, BATCH] = [3, 6, 7];

for (const { profile, views } of CASES) {
  Deno.test({
    name: `unpackPixels() is the normalizer to the bit: ${profile}, ${views}`,
    ignore: !HAS_ADAPTER,
    async fn() {
      const images = noise(COUNT, IMAGE_SIZE);
      const { normalization } = PROFILES[profile];
      const { levels, firstChannel } = levelTable(normalization);
      const backend = await startWebgpu();
      const output = tf.tidy(() =>
        unpackPixels({
          bytes: tf.tensor1d(new Int32Array(images.buffer), "int32"),
          levels: tf.tensor1d(levels),
        }, {
          count: COUNT,
          flips: views.map((view) => view === "flipped"),
          firstChannel,
          batch: BATCH,
          imageSize: IMAGE_SIZE,
        })
      );
      const actual = await output.data();
      output.dispose();
      await backend.stop();
      const normalize = makeNormalizer(normalization);
      const expected = views.flatMap((view) => {
        const target = new Float32Array(images.length);
        normalize(images, { view, imageSize: IMAGE_SIZE, target });
        return [...target];
      });
      assertEquals(output.shape, [BATCH, IMAGE_SIZE, IMAGE_SIZE, 3]);
      assertEquals([...actual.subarray(0, expected.length)], expected);
    },
  });
}
