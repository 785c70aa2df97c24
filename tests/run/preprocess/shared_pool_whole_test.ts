import { assertEquals, assertRejects } from "@std/assert";
import type { PipelineEvent } from "../../../pipeline/run/events.ts";
import { openRun } from "../../../pipeline/run/open_run.ts";
import { SharedPool } from "../../../pipeline/run/preprocess/shared_pool.ts";
import { DATASET_INDEX } from "../../../pipeline/stages/dataset_index.ts";
import { EMBEDDINGS } from "../../../pipeline/stages/embeddings.ts";
import { TENSORS } from "../../../pipeline/stages/tensors.ts";
import { testRun } from "../../support/complete_stage.ts";
import { readFixture } from "../../support/fixtures.ts";
import { QUICK, testWorkspace } from "../support.ts";

/** Counts workers that decode photos, until it is disposed of. */
function countDecoders() {
  const { Worker: Own } = globalThis;
  const living = new Set<Worker>();
  const counts = {
    started: 0,
    living,
    [Symbol.dispose]() {
      globalThis.Worker = Own;
    },
  };
  globalThis.Worker = class extends Own {
    constructor(...args: ConstructorParameters<typeof Own>) {
      super(...args);
      if (!`${args[0]}`.endsWith("/preprocess/worker.ts")) return;
      counts.started++;
      living.add(this);
    }
    override terminate() {
      living.delete(this);
      super.terminate();
    }
  };
  return counts;
}

/** Decodes a photo. */
async function decode({ preprocess }: Awaited<ReturnType<SharedPool["open"]>>) {
  return (await preprocess(await readFixture("images/val/coin/coin_20.jpg")))
    .length;
}

Deno.test("SharedPool has the same workers for all its users, and ends them with the last", async () => {
  using decoders = countDecoders();
  const pool = new SharedPool(testRun().preprocessing.geometry, false);
  const own = async () => {
    using user = await pool.open();
    return await decode(user);
  };
  {
    using _kept = pool.keep();
    assertEquals([await own(), await own()], [3072, 3072]);
    assertEquals([decoders.started, decoders.living.size], [1, 1]);
  }
  assertEquals(decoders.living.size, 0);
  const [first, second] = [await pool.open(), await pool.open()];
  first[Symbol.dispose]();
  assertEquals([await decode(second), decoders.started], [3072, 2]);
  second[Symbol.dispose]();
  assertEquals(decoders.living.size, 0);
  await assertRejects(
    () => decode(second),
    Error,
    "Cannot preprocess photos as the workers are closed",
  );
});

Deno.test("a call of complete() that ends leaves another call its workers", async () => {
  await using workspace = await testWorkspace();
  let other: Promise<unknown> | undefined;
  const run = await openRun(workspace, {
    settings: QUICK,
    onEvent({ type, ...event }) {
      if (type !== "start" || !("stage" in event)) return;
      if (event.stage === "tensors") other = run.complete(DATASET_INDEX);
    },
  });
  using decoders = countDecoders();
  const { manifest } = await run.complete(TENSORS);
  await other;
  assertEquals(manifest.counts.rejected, 0);
  assertEquals(decoders.living.size, 0);
});

Deno.test("complete() ends the decoders once the tensors are made, or it is stopped", async () => {
  using decoders = countDecoders();
  const controller = new AbortController();
  const living: number[] = [];
  const complete = async (onEvent: (event: PipelineEvent) => void) => {
    await using workspace = await testWorkspace();
    const { signal } = controller;
    const run = await openRun(workspace, { settings: QUICK, signal, onEvent });
    await run.complete(EMBEDDINGS);
  };
  await complete(({ type }) => {
    if (type === "engine") living.push(decoders.living.size);
  });
  assertEquals([decoders.started > 0, living], [true, [0]]);
  const stopped = complete((event) => {
    if (event.type !== "progress" || event.stage !== "tensors") return;
    living.push(decoders.living.size);
    controller.abort("enough");
  });
  assertEquals(await stopped.catch((error) => error), "enough");
  assertEquals([living[1]! > 0, decoders.living.size], [true, 0]);
});
