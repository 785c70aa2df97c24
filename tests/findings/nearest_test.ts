import { assertEquals } from "@std/assert";
import { NearestSamples } from "../../pipeline/findings/nearest.ts";

/** All may be neighbours of each other but copies. */
function eligible(...images: number[]) {
  const isReference = new Uint8Array(images.length).fill(1);
  return { images: Int32Array.from(images), isReference };
}

Deno.test("NearestSamples keeps the nearest of all blocks, of equals the lower number", () => {
  const queries = { samples: Int32Array.of(0), lengths: Float32Array.of(1) };
  const nearest = new NearestSamples(queries, 3, eligible(0, 1, 2, 3, 4));
  const lengths = Float32Array.of(1, 1);
  const [first, second] = [Int32Array.of(1, 2), Int32Array.of(3, 4)];
  nearest.addRows({ samples: second, lengths }, Float32Array.of(0.5, 0.75));
  nearest.addRows({ samples: first, lengths }, Float32Array.of(0.25, 0.5));
  const { k, samples, cosines } = nearest.finish();
  assertEquals(k, 3);
  assertEquals([...samples], [4, 2, 3]);
  assertEquals([...cosines], [0.75, 0.5, 0.5]);
});

Deno.test("NearestSamples passes over the sample itself and its copies", () => {
  const queries = {
    samples: Int32Array.of(1, 2),
    lengths: Float32Array.of(3, 0),
  };
  const nearest = new NearestSamples(queries, 2, eligible(0, 1, 1));
  nearest.addRows(
    { samples: Int32Array.of(0, 1, 2), lengths: Float32Array.of(4, 3, 0) },
    Float32Array.of(0, 1, 1, 0, 1, 1),
  );
  const { samples, cosines, distances } = nearest.finish();
  assertEquals([...samples], [0, -1, 0, -1]);
  assertEquals([...cosines], [0, 0, 0, 0]);
  assertEquals([...distances], [5, 0, 4, 0]);
});

Deno.test("NearestSamples gives equal vectors a distance of 0 though rounding may not", () => {
  const queries = { samples: Int32Array.of(0), lengths: Float32Array.of(1) };
  const nearest = new NearestSamples(queries, 1, eligible(0, 1));
  nearest.addRows(
    { samples: Int32Array.of(1), lengths: Float32Array.of(1) },
    Float32Array.of(1.0000001),
  );
  assertEquals([...nearest.finish().distances], [0]);
});

Deno.test("NearestSamples learns from columns what it learns from rows", () => {
  const queries = {
    samples: Int32Array.of(0, 1),
    lengths: Float32Array.of(1, 2),
  };
  const others = {
    samples: Int32Array.of(2, 3, 4),
    lengths: Float32Array.of(3, 4, 5),
  };
  const [rows, columns] = [1, 2].map(() =>
    new NearestSamples(queries, 2, eligible(0, 1, 2, 3, 4))
  );
  rows!.addRows(others, Float32Array.of(0, 0.5, 0.25, 0.75, 0.125, 0.75));
  columns!.addColumns(others, Float32Array.of(0, 0.75, 0.5, 0.125, 0.25, 0.75));
  const found = rows!.finish();
  assertEquals([...found.samples], [3, 4, 2, 4]);
  assertEquals(columns!.finish(), found);
});

Deno.test("NearestSamples passes over those that are no references", () => {
  const queries = { samples: Int32Array.of(0), lengths: Float32Array.of(1) };
  const isReference = Uint8Array.of(1, 0, 1);
  const images = Int32Array.of(0, 1, 2);
  const nearest = new NearestSamples(queries, 2, { images, isReference });
  const lengths = Float32Array.of(1, 1);
  nearest.addRows(
    { samples: Int32Array.of(1, 2), lengths },
    Float32Array.of(0.75, 0.5),
  );
  assertEquals([...nearest.finish().samples], [2, -1]);
});
