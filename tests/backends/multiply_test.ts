import { multiplyHere } from "../findings/support.ts";
import { assertAllClose } from "../support/assert_all_close.ts";
import { uniform } from "../support/random.ts";
import { BACKENDS, withCompute } from "./support.ts";

/** Draws a matrix. */
function matrix(rows: number, size: number, seed: number): Float32Array {
  const numbers = uniform(seed);
  return Float32Array.from(
    { length: rows * size },
    () => numbers.next().value - 0.5,
  );
}

for (const { name, ignore } of BACKENDS) {
  const fn = () =>
    withCompute(name, async ({ multiply }) => {
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
