import { assertEquals, assertStrictEquals } from "@std/assert";
import type { Embedder } from "../../pipeline/backends/backend.ts";
import { withKnownRows } from "../../pipeline/backends/known_rows.ts";

/** An engine of images of one pixel: red, and 1 for the mirrored view. */
function testEngine() {
  const seen: string[] = [];
  const engine: Embedder = {
    name: "cpu",
    description: "a test",
    embeddingSize: 2,
    batchSize: 8,
    embed(images, { count, views }) {
      const reds = Array.from({ length: count }, (_, i) => images[i * 3]!);
      seen.push(`${views} ${reds}`);
      const rows = reds.flatMap((red) =>
        views.flatMap((view) => [red, view === "plain" ? 0 : 1])
      );
      return Promise.resolve(Float32Array.from(rows));
    },
    close: () => Promise.resolve(void seen.push("closed")),
  };
  return { engine, seen };
}

/** Images of one pixel. */
function images(...reds: number[]): Uint8Array {
  return Uint8Array.from(reds.flatMap((red) => [red, 0, 0]));
}

/** What is known of two images. */
const KNOWN = {
  count: 2,
  images: images(5, 7),
  values: Float32Array.of(50, 0, 70, 0),
};

Deno.test("withKnownRows() computes what is not known, view by view", async () => {
  const { engine, seen } = testEngine();
  const embedder = withKnownRows(engine, KNOWN);
  const views = ["plain", "flipped"] as const;
  const rows = await embedder.embed(images(7, 6, 5), { count: 3, views });
  const expected = [[70, 0, 7, 1], [6, 0, 6, 1], [50, 0, 5, 1]];
  assertEquals(rows, Float32Array.from(expected.flat()));
  assertEquals(seen, ["plain 6", "flipped 7,6,5"]);
});

Deno.test("withKnownRows() leaves a request of other images as it is", async () => {
  const { engine, seen } = testEngine();
  const embedder = withKnownRows(engine, KNOWN);
  const views = ["plain", "flipped"] as const;
  await embedder.embed(images(1, 2), { count: 2, views });
  assertEquals(seen, ["plain,flipped 1,2"]);
});

Deno.test("withKnownRows() compares all bytes of images", async () => {
  const { engine, seen } = testEngine();
  const embedder = withKnownRows(engine, {
    count: 2,
    images: Uint8Array.of(5, 0, 1, 5, 0, 2),
    values: Float32Array.of(50, 1, 50, 2),
  });
  // Of so few bytes the key is made of the first, which is the same in all.
  const all = Uint8Array.of(5, 0, 2, 5, 0, 3, 5, 0, 1);
  const rows = await embedder.embed(all, { count: 3, views: ["plain"] });
  assertEquals(rows, Float32Array.of(50, 2, 5, 0, 50, 1));
  assertEquals(seen, ["plain 5"]);
});

Deno.test("withKnownRows() is the engine in all else", async () => {
  const { engine, seen } = testEngine();
  const embedder = withKnownRows(engine, KNOWN);
  assertStrictEquals(embedder.batchSize, 8);
  await embedder.close();
  assertEquals(seen, ["closed"]);
});
