import { assertEquals } from "@std/assert";
import {
  ADAM,
  ADAM_KERNEL,
  type AdamOptions,
  runAdam,
} from "../../pipeline/head/adam.ts";
import { KernelMemory } from "../../pipeline/head/kernel_memory.ts";
import { uniformNumbers } from "../../pipeline/numeric/random.ts";

/** A step of Adam on one number, each operation rounded to 32 bits. */
function step(
  [value, m, v, g]: [number, number, number, number],
  { t, learningRate, weightDecay }: AdamOptions,
): [number, number, number] {
  const f = Math.fround;
  const { beta1, beta2, epsilon } = ADAM;
  const alpha = learningRate * Math.sqrt(1 - beta2 ** t) / (1 - beta1 ** t);
  const newM = f(f(m * f(beta1)) + f(g * f(1 - beta1)));
  const newV = f(f(v * f(beta2)) + f(f(g * g) * f(1 - beta2)));
  const root = f(f(Math.sqrt(newV)) + f(epsilon));
  const kept = f(value * f(1 - learningRate * weightDecay));
  return [f(kept - f(f(newM * f(alpha)) / root)), newM, newV];
}

Deno.test.each([[1, 0], [4, 0], [1003, 0.1]])(
  "runAdam() moves %s numbers to the bit as the formula does, with a decay of %s",
  (length, weightDecay) => {
    const memory = new KernelMemory(ADAM_KERNEL, Array(5).fill(length));
    const [value, m, v, gradient, other] = Array.from(
      { length: 5 },
      () => memory.take(length),
    ) as [Float32Array, Float32Array, Float32Array, Float32Array, Float32Array];
    const uniform = uniformNumbers(1);
    value.forEach((_, i) => value[i] = uniform(i) - 0.5);
    let expected = [value.slice(), m.slice(), v.slice()];
    for (let t = 1; t <= 3; t++) {
      gradient.forEach((_, i) => gradient[i] = uniform(t * length + i) - 0.5);
      const options = { t, learningRate: 1e-2, weightDecay };
      const results = Array.from(
        gradient,
        (g, i) =>
          step(
            [expected[0]![i]!, expected[1]![i]!, expected[2]![i]!, g],
            options,
          ),
      );
      expected = [0, 1, 2].map((k) =>
        Float32Array.from(results, (result) => result[k]!)
      );
      runAdam(memory, { value, m, v, gradient }, options);
      assertEquals([value, m, v], expected);
    }
    assertEquals(other, new Float32Array(length));
  },
);
