/**
 * `deno task simulate` as a program.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { runTask } from "../e2e/support.ts";

/** Equal workers that nothing interrupts. */
const CALM = ["--spread", "0", "--interruptions", "0"];

Deno.test("simulate prints sizes, times and prices", async () => {
  const { code, json, stderr } = await runTask("simulate", [
    ...["--photos", "1000000", "--workers", "100", "--parts", "100", ...CALM],
    ...["--embed-rate", "6.4", "--price", "0.5", "--seal-rate", "164240000"],
    "--json",
  ]);
  assertEquals(code, 0);
  const { stages } = json as { stages: Record<string, unknown>[] };
  // 3,907 shards of 256 photos; the slowest part has 40, of 40 s each, after 20 s.
  assertEquals(stages[1], {
    stage: "embeddings",
    seconds: 1620,
    seconds95: 1620,
    workerHours: (100 * 20 + 3907 * 40) / 3600,
    lostShare: 2000 / (2000 + 3907 * 40),
    interruptions: 0,
    failed: 0,
    speedUp: (20 + 3907 * 40) / 1620,
    // 16,424 bytes a photo, read by one task that also takes 20 s to start.
    sealSeconds: 120,
    price: (100 * 20 + 3907 * 40 + 120) / 7200,
  });
  assertStringIncludes(
    stderr,
    "simulate: 1,000,000 photos, 100 parts, 100 workers\n",
  );
});

Deno.test("simulate refuses what is no number", async () => {
  const { code, stderr } = await runTask("simulate", ["--workers", "0"]);
  assertEquals(code, 2);
  assertStringIncludes(
    stderr,
    'Cannot use --workers as it must be an integer from 1 to 1000000: current value is "0"',
  );
});
