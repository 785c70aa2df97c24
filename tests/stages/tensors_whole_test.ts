import { assertEquals } from "@std/assert";
import { FIXTURES } from "../support/fixtures.ts";
import { runSource } from "../support/run_source.ts";

/** A worker that does what the end of a photo says. */
const FAULTY = new URL("../serve/faulty_worker.ts", import.meta.url);

// In a process of its own: a thread that runs in circles ends with it, not before.
Deno.test("TENSORS goes on past a decoder that hangs for good, and one that crashes", async () => {
  const found = await runSource(`
    import { listDataset } from "./pipeline/dataset/dataset_source.ts";
    import { readImageHeader } from "./pipeline/image/header.ts";
    import { openPool } from "./pipeline/run/preprocess/pool.ts";
    import { DATASET_INDEX } from "./pipeline/stages/dataset_index.ts";
    import { TENSORS } from "./pipeline/stages/tensors.ts";
    import { completeStage, testRun } from "./tests/support/complete_stage.ts";
    import { MemoryStore } from "./tests/support/memory_store.ts";
    import { testContext } from "./tests/support/stage_context.ts";

    const read = (name) => Deno.readFile(new URL("${FIXTURES}images/train/" + name));
    const [photo, other] = [await read("leaf/leaf_01.jpg"), await read("brick/brick_00.jpg")];
    const end = (text, bytes = photo) => Uint8Array.of(...bytes, ...new TextEncoder().encode(text));
    const store = new MemoryStore({
      "train/a/0.jpg": end("loop", other),
      "train/a/1.jpg": end("1"),
      "train/b/2.jpg": end("crash"),
      "train/b/3.jpg": end("3"),
    });
    const source = { store, origin: "photos" };
    const module = new URL("${FAULTY}");
    // Only the photo that hangs has no time.
    const { width, height } = readImageHeader(other);
    const deadline = (pixels) => pixels === width * height ? 500 : 600_000;
    const photos = {
      open: () => Promise.resolve(source),
      list: () => listDataset(source),
    };
    const { geometry } = testRun().preprocessing;
    const openPreprocessor = () => openPool(geometry, { workers: 2, deadline, module });
    const outside = { photos, openPreprocessor };
    const context = testContext();
    const config = { shardSize: 2 };
    async function make() {
      const index = await completeStage(DATASET_INDEX, outside, context);
      return await completeStage(TENSORS, { ...outside, config, inputs: { index } }, context);
    }
    const { streamRejected, manifest } = await make();
    const rejected = await Array.fromAsync(streamRejected());
    const { skipped } = await make();
    console.log(JSON.stringify({ rejected, counts: manifest.counts, skipped }));
    Deno.exit();
  `);
  assertEquals(found, {
    rejected: [
      { path: "train/a/0.jpg", reason: "it was not decoded in 2 s" },
      { path: "train/b/2.jpg", reason: "its decoder crashes" },
    ],
    counts: { train: 2, validation: 0, test: 0, rejected: 2, classes: 2 },
    skipped: true,
  });
});
