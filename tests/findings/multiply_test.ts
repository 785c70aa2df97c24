import { startTfjs } from "../../pipeline/backbone/engines/tfjs_backend.ts";
import type { Multiply } from "../../pipeline/numeric/multiply.ts";
import { openOnnxProducts } from "../../pipeline/findings/onnx_multiply.ts";
import { tfjsMultiply } from "../../pipeline/findings/tfjs_multiply.ts";
import type { EngineName } from "../../pipeline/backbone/engine.ts";
import { loadOnnxRuntime } from "../../pipeline/onnx/runtime.ts";
import { HEAD_ENGINES } from "../head/engines.ts";
import { assertAllClose } from "../support/assert_all_close.ts";
import { uniform } from "../support/random.ts";
import { multiplyHere } from "./support.ts";

/** Runs something with what multiplies on an engine. */
async function withMultiply(
  name: EngineName,
  run: (multiply: Multiply) => Promise<void>,
): Promise<void> {
  if (name === "cpu") {
    const { multiply, release } = openOnnxProducts(await loadOnnxRuntime());
    try {
      return await run(multiply);
    } finally {
      await release();
    }
  }
  const backend = await startTfjs(name);
  try {
    await run(tfjsMultiply);
    backend.check();
  } finally {
    await backend.stop();
  }
}

/** Draws a matrix. */
function matrix(rows: number, size: number, seed: number): Float32Array {
  const numbers = uniform(seed);
  return Float32Array.from(
    { length: rows * size },
    () => numbers.next().value - 0.5,
  );
}

for (const { name, ignore } of HEAD_ENGINES) {
  const fn = () =>
    withMultiply(name, async (multiply) => {
      for (const [n, m, size] of [[1, 1, 1], [3, 5, 7], [65, 130, 257]]) {
        const [a, b] = [matrix(n!, size!, 1), matrix(m!, size!, 2)];
        const expected = await multiplyHere(a, b, size!);
        const product = await multiply(a, b, size!);
        // Sums of up to 257 products of F32, in another order.
        assertAllClose(product, expected, { rtol: 1e-5, atol: 1e-5 });
        // The next products do not touch what was returned.
        const kept = product.slice();
        await multiply(matrix(n!, size!, 3), matrix(m!, size!, 4), size!);
        assertAllClose(product, kept, { rtol: 0, atol: 0 });
      }
    });
  Deno.test({
    name: `products on ${name} are those of plain loops`,
    ignore,
    fn,
  });
}
