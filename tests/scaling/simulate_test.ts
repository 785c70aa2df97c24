/**
 * The simulation of an array job, where the outcome is known.
 *
 * @module
 */

import { assertAlmostEquals, assertEquals } from "@std/assert";
import {
  simulate,
  type Simulation,
  type SimulationOptions,
} from "../../pipeline/scaling/simulate.ts";

/** Equal workers that nothing interrupts. */
const CALM: SimulationOptions = {
  shards: 8,
  parts: 4,
  workers: 2,
  shardSeconds: 30,
  startSeconds: 10,
  spread: 0,
  interruptionsPerHour: 0,
  noticeSeconds: 0,
  requeueSeconds: 60,
  retries: 3,
  seed: 1,
};

Deno.test.each<[string, Partial<SimulationOptions>, Partial<Simulation>]>([
  // Two rounds of 10 + 2 · 30 seconds.
  ["two rounds", {}, { seconds: 140, workerSeconds: 280, lostSeconds: 40 }],
  ["one worker", { workers: 1 }, { seconds: 280 }],
  ["a worker per part", { workers: 4 }, { seconds: 70 }],
  ["more workers than parts", { workers: 9 }, { seconds: 70 }],
  // Part 0 has three shards, the other three have two.
  ["an odd shard", { shards: 9, workers: 4 }, { seconds: 100 }],
  // Each shard is a part; the others have nothing to do.
  ["more parts than shards", { shards: 2, parts: 9 }, { seconds: 40 }],
  ["no shards", { shards: 0 }, { seconds: 0, workerSeconds: 0 }],
])("simulate() of equal workers: %s", (_, options, expected) => {
  const result = simulate({ ...CALM, ...options });
  assertEquals({ ...result, ...expected }, result);
  assertEquals([result.interruptions, result.failed], [0, 0]);
});

/** Parts of one shard of an hour that are interrupted once an hour. */
const ROUGH: SimulationOptions = {
  ...CALM,
  shards: 20_000,
  parts: 20_000,
  workers: 20_000,
  shardSeconds: 3600,
  startSeconds: 0,
  interruptionsPerHour: 1,
  retries: 0,
};

Deno.test("simulate() interrupts parts as often as it is told", () => {
  const { failed, interruptions, workerSeconds } = simulate(ROUGH);
  assertEquals(failed, interruptions);
  // A part ends with probability 1/e, after 1 - 1/e hours on the average.
  assertAlmostEquals(failed / 20_000, 1 - Math.exp(-1), 0.01);
  assertAlmostEquals(
    workerSeconds / 3600 / 20_000,
    1 - Math.exp(-1),
    0.01,
  );
});

Deno.test("simulate() lets an interrupted part finish its shard within the notice", () => {
  const { failed } = simulate({ ...ROUGH, noticeSeconds: 3600 });
  assertEquals(failed, 0);
});

Deno.test("simulate() keeps the shards of an interrupted part", () => {
  const options = { ...CALM, shards: 400, parts: 40, workers: 10 };
  const rough = { ...options, interruptionsPerHour: 3, retries: 50 };
  const { interruptions, lostSeconds, workerSeconds, failed } = simulate(rough);
  assertEquals(failed, 0);
  // 40 first starts, and at most a start and a shard for each interruption.
  const most = 40 * 10 + interruptions * (10 + 30);
  assertEquals(lostSeconds > 40 * 10 && lostSeconds <= most, true);
  assertAlmostEquals(workerSeconds - lostSeconds, 400 * 30, 1e-6);
});

Deno.test("simulate() draws speeds whose logarithms have the spread", () => {
  // A worker per part: the work of each is 3,600 s divided by its speed.
  const { workerSeconds } = simulate({
    ...ROUGH,
    interruptionsPerHour: 0,
    spread: 0.5,
  });
  // The mean of exp(-0.5 z) is exp(0.125).
  assertAlmostEquals(workerSeconds / 3600 / 20_000, Math.exp(0.125), 0.01);
});

Deno.test("simulate() gives the same for the same seed, and else for another", () => {
  const options = { ...CALM, spread: 0.2, interruptionsPerHour: 5 };
  assertEquals(simulate(options), simulate(options));
  const other = simulate({ ...options, seed: 2 });
  assertEquals(other.seconds === simulate(options).seconds, false);
});
