import { assertAlmostEquals, assertEquals } from "@std/assert";
import { compareEmbeddings } from "../../pipeline/metrics/embedding_agreement.ts";

/** Embeddings of photos. */
function table(...rows: number[][]) {
  return { values: Float32Array.from(rows.flat()), count: rows.length };
}

Deno.test("compareEmbeddings() finds no difference but length", () => {
  const rows = [[1, 0], [3, 1], [0, 2]];
  const longer = rows.map((row) => row.map((value) => value * 5));
  const agreement = compareEmbeddings(table(...rows), table(...longer));
  assertAlmostEquals(agreement.meanCosine, 1, 1e-6);
  assertAlmostEquals(agreement.worstCosine, 1, 1e-6);
  assertEquals(agreement.sameNeighbour, 3);
});

Deno.test("compareEmbeddings() has mean, worst, and photos with the same neighbour", () => {
  // At 0, 10 and 90 degrees; then the second at 80.
  const at = (degrees: number) => {
    const angle = degrees * Math.PI / 180;
    return [Math.cos(angle), Math.sin(angle)];
  };
  const agreement = compareEmbeddings(
    table(at(0), at(10), at(90)),
    table(at(0), at(80), at(90)),
  );
  const turned = Math.cos(70 * Math.PI / 180);
  assertAlmostEquals(agreement.meanCosine, (2 + turned) / 3, 1e-6);
  assertAlmostEquals(agreement.worstCosine, turned, 1e-6);
  // The second is now nearest to the third, and the third to it as before.
  assertEquals(agreement.sameNeighbour, 2);
});

Deno.test("compareEmbeddings() takes one photo, and zeros", () => {
  const agreement = compareEmbeddings(table([0, 0]), table([1, 0]));
  assertEquals(agreement, { meanCosine: 0, worstCosine: 0, sameNeighbour: 1 });
});
