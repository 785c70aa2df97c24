import { assertEquals, assertMatch } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { openEmbedder } from "../../../pipeline/backends/open_backend.ts";
import { openSteady } from "../../../pipeline/backends/steady_embedder.ts";
import { noise, smallBackbone } from "../../backbone/support.ts";
import { HAS_ADAPTER } from "../support.ts";

/** What may happen to a device while it works. */
const MISHAPS: readonly [string, (device: GPUDevice) => void, RegExp][] = [
  ["that is lost", (device) => device.destroy(), /^engine webgpu has failed: /],
  [
    "whose memory is out",
    (device) => {
      const usage = GPUBufferUsage.STORAGE;
      device.createBuffer({ size: device.limits.maxBufferSize * 2, usage });
    },
    /^engine webgpu has failed: the device has reported an error: /,
  ],
];

for (const [what, happen, message] of MISHAPS) {
  Deno.test({
    name: `openSteady() goes on with half the batch after a GPU ${what}`,
    ignore: !HAS_ADAPTER,
    async fn() {
      const told: string[] = [];
      const embedder = await openSteady({
        choice: "webgpu",
        tell: (text) => void told.push(text),
        open: async (choice, options) =>
          (await openEmbedder(choice, smallBackbone(), options)).opened,
      });
      const request = { count: 12, views: ["plain"] } as const;
      const images = noise(12, 32);
      const expected = await embedder.embed(images, request);
      const { batchSize } = embedder;
      const answer = embedder.embed(images, request);
      happen((tf.backend() as unknown as { device: GPUDevice }).device);
      assertEquals(await answer, expected);
      assertEquals(embedder.batchSize, batchSize / 2);
      assertEquals(told.length, 1);
      assertMatch(told[0]!, message);
      await embedder.close();
    },
  });
}
