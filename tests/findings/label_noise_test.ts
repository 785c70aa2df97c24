import { assertAlmostEquals, assertEquals } from "@std/assert";
import {
  NoiseFit,
  worthALook,
  wrongProbability,
} from "../../pipeline/findings/label_noise.ts";
import { uniform } from "../support/random.ts";

/** Photos of three classes by a classifier that says how sure it is, of which a share has another label. */
function drawFit(share: number, power: number, count = 3000): NoiseFit {
  const numbers = uniform(Math.round(1000 * share) + 1);
  const draw = () => numbers.next().value;
  const fit = new NoiseFit(count, 3);
  for (let i = 0; i < count; i++) {
    const weights = Array.from({ length: 3 }, () => Math.exp(12 * draw()));
    const sum = weights.reduce((a, b) => a + b);
    const at = draw() * sum;
    const truth = at < weights[0]! ? 0 : at < weights[0]! + weights[1]! ? 1 : 2;
    const label = draw() < share ? (truth + 1 + +(draw() < 0.5)) % 3 : truth;
    // The classifier tells them on another scale.
    const told = weights.map((weight) => weight ** (1 / power));
    const all = told.reduce((a, b) => a + b);
    fit.add(Float64Array.from(told, (x) => x / all), label);
  }
  return fit;
}

Deno.test.each([[0, 1], [0.03, 1], [0.1, 2], [0.3, 0.6]])(
  "NoiseFit finds the share of wrong labels, %s, and the power, %s",
  (share, power) => {
    const found = drawFit(share, power).fit();
    assertAlmostEquals(found.share, share, 0.01 + share / 6);
    assertAlmostEquals(found.power / power, 1, 0.15);
  },
);

Deno.test("NoiseFit takes every so many of many photos", () => {
  const found = drawFit(0.1, 1, 45_000).fit();
  assertAlmostEquals(found.share, 0.1, 0.02);
});

Deno.test("wrongProbability() weighs a wrong label against a photo that is rare", () => {
  const noise = { share: 0.1, power: 1 };
  // 0.9 · 0.2 for its class, 0.1 / 2 · 0.8 for the two others.
  const wrong = wrongProbability(Float64Array.of(0.2, 0.5, 0.3), 0, noise);
  assertAlmostEquals(wrong, 0.04 / 0.22, 1e-15);
  const sure = Float64Array.of(0, 1, 0);
  assertEquals(wrongProbability(sure, 0, noise), 1);
  assertEquals(wrongProbability(sure, 0, { share: 0, power: 1 }), 0);
});

Deno.test("worthALook() stops where less than a third would be wrong", () => {
  const suspicions = [0.1, 0.9, 0.02, 0, 0.5].map((wrong) => ({ wrong }));
  const list = worthALook(suspicions).map(({ wrong, precision }) =>
    [wrong, precision.toFixed(3)].join(" ")
  );
  assertEquals(list, ["0.9 0.900", "0.5 0.700", "0.1 0.500", "0.02 0.380"]);
  assertEquals(worthALook([{ wrong: 0.3 }]), []);
});
