import { assertAlmostEquals, assertEquals } from "@std/assert";
import {
  ClassConfidence,
  suspectLabel,
} from "../../pipeline/findings/confident_learning.ts";
import { GOLDEN } from "./support.ts";

Deno.test("thresholds and suspects are those written out with numpy", () => {
  const { labels, probabilities, thresholds, suspects } = GOLDEN;
  const confidence = new ClassConfidence(4);
  confidence.add(
    Float64Array.from(probabilities.slice(0, 9).flat()),
    Int32Array.from(labels.slice(0, 9)),
  );
  confidence.add(
    Float64Array.from(probabilities.slice(9).flat()),
    Int32Array.from(labels.slice(9)),
  );
  const found = confidence.thresholds();
  found.forEach((x, i) => assertAlmostEquals(x, thresholds[i]!, 1e-14));
  const suspected = labels.flatMap((label, sample) => {
    const own = Float64Array.from(probabilities[sample]!);
    const suggested = suspectLabel(own, label, found);
    return suggested === undefined ? [] : [[sample, suggested]];
  });
  assertEquals(suspected.length, 11);
  assertEquals(
    suspected,
    suspects.map(({ sample, suggested }) => [sample, suggested]),
  );
});

Deno.test.each<[string, number[], number[], number | undefined]>([
  ["the likeliest class is believed", [0.2, 0.8], [0.7, 0.7], 1],
  ["no class is believed", [0.4, 0.6], [0.7, 0.7], undefined],
  ["the label is believed most", [0.8, 0.2], [0.1, 0.1], undefined],
  ["only a less likely class is believed", [0.6, 0.4], [0.7, 0.3], 1],
  ["the threshold is met exactly", [0.3, 0.7], [0.5, 0.7], 1],
  ["of equals the label comes first", [0.5, 0.5], [0.5, 0.5], undefined],
])("suspectLabel() when %s", (_, probabilities, thresholds, suggested) => {
  const found = suspectLabel(
    Float64Array.from(probabilities),
    0,
    Float64Array.from(thresholds),
  );
  assertEquals(found, suggested);
});

Deno.test("ClassConfidence believes nothing of a class without photos", () => {
  assertEquals([...new ClassConfidence(2).thresholds()], [1, 1]);
});

Deno.test("suspectLabel() suggests no class that may not be, and judges the own one all the same", () => {
  const thresholds = Float64Array.of(0.1, 0.3, 0.1);
  const probabilities = Float64Array.of(0.2, 0.35, 0.45);
  const notTheLast = (label: number) => label !== 2;
  assertEquals(suspectLabel(probabilities, 0, thresholds), 2);
  assertEquals(suspectLabel(probabilities, 0, thresholds, notTheLast), 1);
  assertEquals(
    suspectLabel(probabilities, 2, thresholds, notTheLast),
    undefined,
  );
});
