import { assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { DeviceSlot } from "../../../pipeline/backends/tfjs/head.ts";
import { KernelSlot } from "../../../pipeline/backends/wasm/compute.ts";
import { uniformNumbers } from "../../../pipeline/numeric/random.ts";
import { withHeads } from "../support.ts";

/** Numbers of a stream, about 0. */
function numbers(key: number): Float32Array {
  const uniform = uniformNumbers(key);
  return Float32Array.from({ length: 35 }, (_, i) => uniform(i) - 0.5);
}

Deno.test.each([0, 0.1])(
  "KernelSlot moves a parameter to the same bits as operators do, with a decay of %s",
  (weightDecay) =>
    withHeads("wasm", async () => {
      const start = { value: numbers(1), m: numbers(2), v: undefined };
      const shape = [5, 7];
      const slots = [KernelSlot, DeviceSlot].map((Slot) =>
        new Slot(start, shape)
      );
      for (const t of [1, 2, 3]) {
        const gradient = tf.tensor(numbers(2 + t).slice(), shape);
        for (const slot of slots) {
          await slot.step(gradient, { t, learningRate: 1e-2, weightDecay });
        }
        gradient.dispose();
      }
      const [kernel, device] = await Promise.all(slots.map((s) => s.read()));
      assertEquals(kernel, device);
      assertEquals(
        (await slots[0]!.value.data()).slice(),
        (await slots[1]!.value.data()).slice(),
      );
      for (const slot of slots) slot.dispose();
    }),
);
