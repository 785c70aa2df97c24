import { assertEquals, assertRejects } from "@std/assert";
import type { BackendName, Embedder } from "../../pipeline/backends/backend.ts";
import { BackendUnavailableError } from "../../pipeline/errors.ts";
import {
  assertAgree,
  noise,
  readTiny,
  readTinyGolden,
  smallBackbone,
} from "../backbone/support.ts";
import { BACKENDS, withEmbedder } from "./support.ts";

const BOTH = ["plain", "flipped"] as const;

/** What an embedder says of itself. */
const DESCRIPTIONS: Partial<Record<BackendName, string>> = {
  // The backbone is small.
  cpu: "onnxruntime on 1 core",
  wasm: "2 workers",
};

/** Embeds 3 images of 32 pixels. */
function embed3(
  embedder: Embedder,
  views: readonly ("plain" | "flipped")[],
  images = noise(3, 32),
): Promise<Float32Array> {
  return embedder.embed(images, { count: 3, views });
}

for (const { name, ignore } of BACKENDS) {
  const test = (title: string, fn: () => Promise<void>) =>
    Deno.test({ name: `openEmbedder() on ${name} ${title}`, ignore, fn });

  test("embeds both views as PyTorch does", async () => {
    const { images, embedding } = await readTinyGolden();
    const options = { workers: 2, batchSize: 2 };
    await withEmbedder(name, await readTiny(), options, async (embedder) => {
      const actual = await embedder.embed(images, { count: 2, views: BOTH });
      assertAgree(actual, embedding);
      assertEquals([embedder.name, embedder.embeddingSize], [name, 256]);
      const { description } = embedder;
      assertEquals(description, DESCRIPTIONS[name] ?? description);
      const { batchSize } = embedder;
      assertEquals(batchSize, name === "wasm" ? 4 : 2);
    });
  });

  test("refuses a batch size that is not positive", async () => {
    await assertRejects(
      () =>
        withEmbedder(
          name,
          smallBackbone(),
          { batchSize: 0 },
          (embedder) => embed3(embedder, BOTH),
        ),
      RangeError,
      `Cannot open engine "${name}" as batchSize must be a positive integer: current value is 0`,
    );
  });

  // The GPU answers what it was asked before.
  if (name === "webgpu") continue;

  test("rejects images that have no answer when it closes, and later ones", async () => {
    await withEmbedder(name, smallBackbone(), {}, async (embedder) => {
      const images = noise(64, 32);
      const answer = embedder.embed(images, { count: 64, views: BOTH });
      const rejected = assertRejects(() => answer, BackendUnavailableError);
      await embedder.close();
      await rejected;
      await assertRejects(
        () => embed3(embedder, BOTH),
        BackendUnavailableError,
        `Cannot use engine "${name}" as the worker is closed`,
      );
    });
  });
}
