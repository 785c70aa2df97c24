/**
 * Many batches: memory, open files and tensors stay as many as they were.
 *
 * `BATCHES=20000 deno test -P=slow tests/backends/long_run_slow_test.ts` runs a day's
 * worth, and prints what it found.
 *
 * @module
 */

// deno-lint-ignore-file no-console

import v8 from "node:v8";
import vm from "node:vm";
import { assertEquals, assertLess } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { noise, smallBackbone } from "../backbone/support.ts";
import { BACKENDS, withEmbedder } from "./support.ts";

const GIVEN = Deno.env.get("BATCHES");

/** Batches of each backend. */
const BATCHES = Number(GIVEN ?? 400);

/** Batches after which memory is what it will be: pools have filled, code is compiled, garbage is collected as often as it will be. */
const WARM = BATCHES / 2;

/** Most bytes that memory may grow by afterwards, when what is garbage was collected: pages that are kept for the next. */
const MOST_GROWTH = 64e6;

/** Most bytes that the objects of this thread may grow by. */
const MOST_HEAP_GROWTH = 4e6;

/** Open files that may differ: those of listing them. */
const FEW_FILES = 8;

v8.setFlagsFromString("--expose-gc");

/** Collects garbage, as the test is of what is held, and not of when V8 collects. */
const collect: () => void = vm.runInNewContext("gc");

/** What is held: bytes of memory, before and after garbage is collected, open files, and tensors of this thread. */
async function measure() {
  const { rss: uncollected } = Deno.memoryUsage();
  collect();
  // What the collector found may be freed by tasks that wait for their turn.
  await new Promise((resolve) => setTimeout(resolve));
  collect();
  const { rss, heapUsed } = Deno.memoryUsage();
  // Deno lets nobody but a program with all permissions look there.
  const list = new Deno.Command("ls", { args: [`/proc/${Deno.pid}/fd`] });
  const files = new TextDecoder().decode((await list.output()).stdout);
  const { numTensors: tensors } = tf.memory();
  const count = files.trim().split("\n").length;
  return { uncollected, rss, heapUsed, files: count, tensors };
}

for (const { name, ignore } of BACKENDS) {
  Deno.test({
    name: `${name} holds after ${BATCHES} batches what it held before`,
    ignore: ignore || Deno.build.os !== "linux",
    async fn() {
      const options = { batchSize: 2, workers: 2 };
      await withEmbedder(name, smallBackbone(), options, async (embedder) => {
        const count = 2;
        const images = noise(count, 32);
        const request = { count, views: ["plain"] } as const;
        const expected = await embedder.embed(images, request);
        let first = await measure();
        for (let batch = 1; batch <= BATCHES; batch++) {
          const rows = await embedder.embed(images, request);
          if (batch % 100 === 0) assertEquals(rows, expected);
          if (batch === WARM) first = await measure();
        }
        const last = await measure();
        if (GIVEN) console.log(name, BATCHES, { first, last });
        assertEquals(last.tensors, first.tensors);
        assertLess(Math.abs(last.files - first.files), FEW_FILES);
        assertLess(last.heapUsed - first.heapUsed, MOST_HEAP_GROWTH);
        assertLess(last.rss - first.rss, MOST_GROWTH);
      });
    },
  });
}
