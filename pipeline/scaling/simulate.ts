/**
 * Simulation of a stage whose parts run as an array job: slow workers,
 * interruptions, and parts that start again.
 *
 * A worker takes the next part that waits. An interrupted part loses at most the
 * shard it was making, waits, and goes to any worker, which keeps its whole shards.
 */

import { BinaryHeap } from "@std/data-structures/binary-heap";
import { type Uniform, uniformNumbers } from "../numeric/random.ts";

/** The work of a stage, and the workers that do it. */
export interface SimulationOptions {
  /** Shards of the stage. */
  shards: number;
  /** Parts of the array job. */
  parts: number;
  /** Workers that run at the same time. */
  workers: number;
  /** Seconds that a worker of usual speed takes for a shard. */
  shardSeconds: number;
  /** Seconds from the start of a part to its first shard: scheduling, container, backbone. */
  startSeconds: number;
  /** Standard deviation of the natural logarithm of a worker's speed; 0 for equal workers. */
  spread: number;
  /** Interruptions (preemptions, crashes) per hour that a worker works. */
  interruptionsPerHour: number;
  /** Seconds from the notice of an interruption to its end, in which a shard may be finished. */
  noticeSeconds: number;
  /** Seconds from an interruption to when its part waits for a worker again. */
  requeueSeconds: number;
  /** How often a part may be started again. */
  retries: number;
  /** Decides every random number. */
  seed: number;
}

/** What came of it. */
export interface Simulation {
  /** Seconds until the last part ended. */
  seconds: number;
  /** Seconds that workers worked, their starts included. */
  workerSeconds: number;
  /** Seconds of that which no shard came of: starts, and shards that were lost. */
  lostSeconds: number;
  /** Interruptions of parts. */
  interruptions: number;
  /** Parts that were interrupted more often than they may be started again. */
  failed: number;
}

/** A part that waits for a worker. */
interface WaitingPart {
  /** When it may start. */
  readyAt: number;
  part: number;
  /** Shards that are still to be made. */
  shards: number;
  /** Times it was started before. */
  starts: number;
}

interface Worker {
  /** When it is free. */
  freeAt: number;
  worker: number;
  /** How fast it is, beside the usual. */
  speed: number;
}

/** Streams of random numbers. */
const SPEED = 1;
const INTERRUPTION = 2;

/** Draws from the normal distribution (Box and Muller 1958). */
function drawNormal(uniform: Uniform): number {
  const radius = Math.sqrt(-2 * Math.log(1 - uniform(0)));
  return radius * Math.cos(2 * Math.PI * uniform(1));
}

/** An attempt at a part. */
interface Attempt {
  /** Seconds it took. */
  seconds: number;
  /** Shards it made. */
  made: number;
  isInterrupted: boolean;
}

/** Computes what a worker makes of a part until the part is done or interrupted. */
function attempt(
  { shards }: WaitingPart,
  shardSeconds: number,
  untilNotice: number,
  { startSeconds, noticeSeconds }: SimulationOptions,
): Attempt {
  const whole = startSeconds + shards * shardSeconds;
  if (untilNotice >= whole) {
    return { seconds: whole, made: shards, isInterrupted: false };
  }
  const working = Math.max(0, untilNotice - startSeconds);
  const before = Math.floor(working / shardSeconds);
  const rest = startSeconds + (before + 1) * shardSeconds - untilNotice;
  const isFinished = untilNotice >= startSeconds && rest <= noticeSeconds;
  const made = isFinished ? before + 1 : before;
  return {
    seconds: isFinished ? untilNotice + rest : untilNotice,
    made,
    isInterrupted: made < shards,
  };
}

/** Lines up the parts, in their order, and the workers. */
function openQueues(
  { shards, parts, workers: count, spread, seed }: SimulationOptions,
): { waiting: BinaryHeap<WaitingPart>; workers: BinaryHeap<Worker> } {
  const waiting = new BinaryHeap<WaitingPart>(
    (a: WaitingPart, b: WaitingPart) =>
      a.readyAt - b.readyAt || a.part - b.part,
  );
  for (let part = 0; part < Math.min(parts, shards); part++) {
    // A part makes every shard whose number leaves its own when divided by the parts.
    const own = Math.ceil((shards - part) / parts);
    waiting.push({ readyAt: 0, part, shards: own, starts: 0 });
  }
  const workers = new BinaryHeap<Worker>(
    (a: Worker, b: Worker) => a.freeAt - b.freeAt || a.worker - b.worker,
  );
  for (let worker = 0; worker < count; worker++) {
    const normal = drawNormal(uniformNumbers(seed, SPEED, worker));
    workers.push({ freeAt: 0, worker, speed: Math.exp(spread * normal) });
  }
  return { waiting, workers };
}

/**
 * Simulates the parts of a stage.
 *
 * @example Usage
 * ```ts
 * const { seconds } = simulate({
 *   shards: 400, parts: 40, workers: 10, shardSeconds: 30, startSeconds: 20,
 *   spread: 0.1, interruptionsPerHour: 0.05, noticeSeconds: 20,
 *   requeueSeconds: 60, retries: 5, seed: 1,
 * });
 * ```
 *
 * @returns What came of it; the same for the same options.
 */
export function simulate(options: SimulationOptions): Simulation {
  const { shardSeconds, seed } = options;
  const { waiting, workers } = openQueues(options);
  const result: Simulation = {
    seconds: 0,
    workerSeconds: 0,
    lostSeconds: 0,
    interruptions: 0,
    failed: 0,
  };
  const perSecond = options.interruptionsPerHour / 3600;
  let next: WaitingPart | undefined;
  while ((next = waiting.pop())) {
    // A worker that was interrupted is another one from then on, of the same speed.
    const worker: Worker = workers.pop()!;
    const { part, starts } = next;
    const u = uniformNumbers(seed, INTERRUPTION, part, starts)(0);
    const untilNotice = perSecond > 0 ? -Math.log(1 - u) / perSecond : Infinity;
    const seconds = shardSeconds / worker.speed;
    const done = attempt(next, seconds, untilNotice, options);
    const endAt = Math.max(next.readyAt, worker.freeAt) + done.seconds;
    workers.push({ ...worker, freeAt: endAt });
    result.seconds = Math.max(result.seconds, endAt);
    result.workerSeconds += done.seconds;
    result.lostSeconds += done.seconds - done.made * seconds;
    if (!done.isInterrupted) continue;
    result.interruptions++;
    if (starts === options.retries) {
      result.failed++;
      continue;
    }
    waiting.push({
      readyAt: endAt + options.requeueSeconds,
      part,
      shards: next.shards - done.made,
      starts: starts + 1,
    });
  }
  return result;
}
