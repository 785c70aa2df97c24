/**
 * `deno task simulate`: the size of a large run, and how long it takes on many workers.
 */

import { format as formatBytes } from "@std/fmt/bytes";
import type { Simulation, SimulationOptions } from "../mod.ts";
import { simulate } from "../pipeline/scaling/simulate.ts";
import { measureWork } from "../pipeline/scaling/work_size.ts";
import { readNumber } from "./cli/flag_values.ts";
import { formatDuration } from "./cli/progress.ts";
import { runTask, type Task, type TaskContext } from "./cli/run_task.ts";
import { renderTable } from "./cli/tables.ts";

/** Most of a count: more would take minutes and gigabytes. */
const MOST = 1_000_000;

/** Views of an image to train on, which most are. */
const VIEWS = 2;

/** Reads the numbers of the flags. */
function readOptions(values: TaskContext["values"]) {
  const whole = (name: string, usual: number, least: number, most = MOST) => {
    const isValid = (n: number) =>
      Number.isSafeInteger(n) && n >= least && n <= most;
    const wanted = `an integer from ${least} to ${most}`;
    return readNumber(values, name, isValid, wanted) ?? usual;
  };
  const real = (name: string, usual: number, isPositive = false) => {
    const isValid = (n: number) =>
      Number.isFinite(n) && (isPositive ? n > 0 : n >= 0);
    const wanted = isPositive ? "a number above 0" : "a number from 0";
    return readNumber(values, name, isValid, wanted) ?? usual;
  };
  const workers = whole("workers", 10, 1);
  return {
    size: {
      photos: whole("photos", 1_000_000, 1, 1e12),
      photoBytes: whole("photo-size", 150_000, 1, 1e9),
      imageSize: whole("image-size", 224, 1),
      views: VIEWS,
      embeddingSize: whole("embedding-size", 2048, 1),
      shardSize: whole("shard-size", 256, 1),
    },
    rates: {
      tensors: real("decode-rate", 400, true),
      embeddings: real("embed-rate", 6.9, true),
    },
    cluster: {
      workers,
      parts: whole("parts", Math.min(4 * workers, MOST), 1),
      startSeconds: real("start", 20),
      spread: real("spread", 0.1),
      interruptionsPerHour: real("interruptions", 0.05),
      noticeSeconds: real("notice", 20),
      requeueSeconds: real("requeue", 60),
      retries: whole("retries", 5, 0),
    },
    sealRate: real("seal-rate", 3e8, true),
    price: real("price", 0),
    trials: whole("trials", 20, 1, 1000),
    seed: whole("seed", 0, 0, 2 ** 32 - 1),
  };
}

/** Returns a quantile of numbers: the least that so large a share is not above. */
function quantile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
}

/** Simulates a stage several times; numbers are medians but for the name's own. */
function simulateStage(
  options: Omit<SimulationOptions, "seed">,
  { trials, seed }: { trials: number; seed: number },
) {
  const results = Array.from(
    { length: trials },
    (_, i) => simulate({ ...options, seed: seed + i }),
  );
  const median = (pick: (result: Simulation) => number) =>
    quantile(results.map(pick), 0.5);
  const { shards, shardSeconds, startSeconds } = options;
  const alone = startSeconds + shards * shardSeconds;
  const seconds = median((result) => result.seconds);
  return {
    seconds,
    seconds95: quantile(results.map((result) => result.seconds), 0.95),
    workerHours: median((result) => result.workerSeconds) / 3600,
    lostShare: median((r) => r.lostSeconds / r.workerSeconds),
    interruptions: median((result) => result.interruptions),
    failed: Math.max(...results.map((result) => result.failed)),
    speedUp: alone / seconds,
  };
}

/** Prints and returns the sizes and the times. */
function runSimulate({ values, reporter }: TaskContext) {
  const { size, rates, cluster, sealRate, price, ...draw } = readOptions(
    values,
  );
  const number = (n: number) => n.toLocaleString("en");
  const sizes = measureWork(size);
  reporter.line(
    `simulate: ${number(size.photos)} photos, ${number(cluster.parts)} parts, ${
      number(cluster.workers)
    } workers`,
  );
  reporter.line(renderTable(
    ["stage", "reads", "files read", "writes", "files written"],
    sizes.map((s) => [
      s.stage,
      formatBytes(s.readBytes),
      number(s.filesRead),
      formatBytes(s.writtenBytes),
      number(s.filesWritten),
    ]),
  ));
  const shards = Math.ceil(size.photos / size.shardSize);
  const stages = Object.entries(rates).map(([stage, rate]) => {
    const shardSeconds = Math.min(size.shardSize, size.photos) / rate;
    const result = simulateStage({ ...cluster, shards, shardSeconds }, draw);
    // One task reads what all have written.
    const { writtenBytes = 0 } = sizes.find((s) => s.stage === stage) ?? {};
    const sealSeconds = cluster.startSeconds + writtenBytes / sealRate;
    const cost = price * (result.workerHours + sealSeconds / 3600);
    return { stage, ...result, sealSeconds, price: cost };
  });
  reporter.line("");
  reporter.line(renderTable(
    [
      "stage",
      "time",
      "at most (95 %)",
      "speed-up",
      "worker-hours",
      "lost",
      "interrupted",
      "given up",
      "seal",
      ...price > 0 ? ["price"] : [],
    ],
    stages.map((s) => [
      s.stage,
      formatDuration(s.seconds * 1000),
      formatDuration(s.seconds95 * 1000),
      s.speedUp.toFixed(1),
      number(Math.round(s.workerHours * 10) / 10),
      `${(100 * s.lostShare).toFixed(1)} %`,
      number(s.interruptions),
      number(s.failed),
      formatDuration(s.sealSeconds * 1000),
      ...price > 0 ? [s.price.toFixed(2)] : [],
    ]),
  ));
  return Promise.resolve({ sizes, stages });
}

export const SIMULATE: Task = {
  name: "simulate",
  summary:
    "Estimates bytes, files, time and price of a run that many workers share.\nTimes are medians of several simulations, with slow and interrupted workers.",
  run: runSimulate,
};

if (import.meta.main) await runTask(SIMULATE);
