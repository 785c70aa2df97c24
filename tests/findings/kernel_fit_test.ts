import { fitKernel } from "../../pipeline/findings/kernel_fit.ts";
import { assertAllClose } from "../support/assert_all_close.ts";
import { multiplyHere } from "./support.ts";

Deno.test("fitKernel() fits as Ridge of scikit-learn", async () => {
  // Three photos of four numbers and two classes; python3-sklearn 1.2.1: the leverages
  // by unit vectors as targets, `Ridge(alpha=1).fit(units, np.eye(3)).predict(units)`.
  const units = Float32Array.of(1, 0, 0, 0, 0.6, 0.8, 0, 0, 0, 0, 1, 0);
  const { mean, shares, weights, leverages } = await fitKernel({
    units,
    labels: Int32Array.of(0, 1, 1),
    classCount: 2,
    multiply: multiplyHere,
  });
  assertAllClose(mean, Float64Array.of(0.5333333, 0.2666667, 0.3333333, 0), {
    rtol: 1e-6,
    atol: 1e-7,
  });
  assertAllClose(shares, Float64Array.of(1 / 3, 2 / 3), { rtol: 0, atol: 0 });
  assertAllClose(
    weights,
    Float32Array.of(
      0.2640693,
      -0.2251082,
      -0.1515152,
      0,
      -0.2640693,
      0.2251082,
      0.1515152,
      0,
    ),
    { rtol: 1e-5, atol: 1e-6 },
  );
  assertAllClose(leverages, Float32Array.of(0.5670996, 0.5670996, 0.6969697), {
    rtol: 1e-5,
    atol: 1e-6,
  });
});
