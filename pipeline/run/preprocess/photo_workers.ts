/**
 * Workers that decode photos, each an ordinary worker of {@linkcode PhotoService}: they
 * start when they are needed, and one that fails or hangs is replaced.
 */

import { freeBytes } from "../../artifact/free_bytes.ts";
import { ImageError, LateImageError } from "../../errors.ts";
import { startWorker, type WorkerClient } from "../../workers/calls.ts";
import type { PhotoService } from "./worker.ts";

/** Module of a worker. */
const WORKER = new URL("./worker.ts", import.meta.url);

/** What a function of a worker is given. */
type Input<Name extends keyof PhotoService> = Parameters<PhotoService[Name]>[0];

function arraysOf(input: Input<keyof PhotoService>): Uint8Array[] {
  if ("bytes" in input) return [input.bytes];
  const tensors = "tensors" in input ? Object.values(input.tensors) : [];
  return tensors.map(({ data }) => data);
}

/** Most bytes of a photo that waits in a worker: it is copied, which takes a thousandth of the time of decoding it. */
const AHEAD_BYTES = 2 ** 20;

/** Whether an input may wait in a worker that is at work. */
function mayWait(input: Input<keyof PhotoService>): boolean {
  return "bytes" in input && input.bytes.length <= AHEAD_BYTES;
}

/** Longest step in which the time of a photo is counted, in milliseconds: while this program is suspended, it loses one at most. */
const STEP_MS = 1000;

interface WorkersOptions {
  /** Most workers. */
  workers: number;
  /** Start of the errors of workers that fail, such as `Cannot preprocess photos`. */
  task: string;
  /** Whether each photo has a worker of its own: the memory of WebAssembly never shrinks. @default {false} */
  fresh?: boolean;
  /** Whether a small photo may wait in a worker that is at work, so that the worker does not wait for this thread. @default {false} */
  ahead?: boolean;
  /** Whether they may load native code. @default {false} */
  isNative?: boolean;
  /** Module of a worker, for tests. */
  module?: URL | undefined;
}

/** A worker, and what it has to do. */
interface Slot {
  client: WorkerClient<PhotoService>;
  /** Inputs that it has: one at work, and at most one that waits. */
  load: number;
  /** Settles when the last of them is answered. */
  last: Promise<void>;
  /** Milliseconds that the one at work has left; infinite where there is none. */
  leftMs: number;
  /** The step in which the time is counted: one for all, as a timer for each leaves garbage. */
  timer: ReturnType<typeof setTimeout> | undefined;
}

/** The worker that an input goes to, and whether it waits there. */
interface Place {
  slot: Slot;
  waits: boolean;
}

/** What waits for a worker. */
interface Turn extends PromiseWithResolvers<Place> {
  mayWait: boolean;
}

/**
 * Makes squares in other threads. The pixels are the same in every thread.
 *
 * A worker that has failed, or that does not answer in time, is ended, and another
 * takes its place. `Worker.terminate()` stops no loop (Deno 2.9,
 * https://github.com/denoland/deno/pull/35657): one that runs in circles keeps its
 * core until the program ends.
 */
export class PhotoWorkers implements Disposable {
  readonly #options: WorkersOptions;
  readonly #slots = new Set<Slot>();
  readonly #waiting: Turn[] = [];
  /** Whether it was disposed of. */
  isClosed = false;

  /** Starts nothing yet. */
  constructor(options: WorkersOptions) {
    this.#options = options;
  }

  /**
   * Has a worker do something with a photo or a shard, which is given away.
   *
   * @param limitMs Longest time with a worker, in milliseconds.
   * @param signal Gives the photo up, if it still waits.
   * @throws {ImageError} If it is no photo, or is one that takes too long.
   */
  async call<Name extends keyof PhotoService>(
    name: Name,
    input: Input<Name>,
    limits: { limitMs: number; signal?: AbortSignal | undefined },
  ): Promise<Awaited<ReturnType<PhotoService[Name]>>> {
    const { limitMs, signal } = limits;
    const { slot, waits } = await this.#take(mayWait(input), signal);
    const arrays = arraysOf(input);
    const { last } = slot;
    try {
      const given = waits
        ? []
        : arrays.map(({ buffer }) => buffer as ArrayBuffer);
      const answer = slot.client.call(name, input, given);
      slot.last = answer.then(() => {}, () => {});
      await last;
      // What was before it has ended the worker; its own bytes are still here.
      if (waits && !this.#slots.has(slot)) {
        return await this.call(name, input, limits);
      }
      this.#watch(slot, limitMs);
      return await answer;
    } catch (error) {
      if (slot.leftMs <= 0) throw this.#lateError(input, limitMs);
      if (!(error instanceof ImageError)) this.#end(slot);
      throw error;
    } finally {
      // Before the next one begins, which waits for `last`.
      slot.leftMs = Infinity;
      // What was handed over is empty already.
      arrays.forEach(freeBytes);
      if (this.#options.fresh) this.#end(slot);
      slot.load--;
      this.#serve();
    }
  }

  /** Ends all; what waits for a worker gets one that is closed. */
  [Symbol.dispose](): void {
    this.isClosed = true;
    for (const slot of this.#slots) this.#end(slot);
  }

  /** Waits for a worker that is idle, or one in which it may wait. */
  async #take(
    mayWait: boolean,
    signal: AbortSignal | undefined,
  ): Promise<Place> {
    signal?.throwIfAborted();
    if (this.isClosed) {
      throw new Error(`${this.#options.task} as the workers are closed`);
    }
    const turn = { ...Promise.withResolvers<Place>(), mayWait };
    this.#waiting.push(turn);
    this.#serve();
    if (!this.#waiting.includes(turn)) return turn.promise;
    const leave = () => {
      const place = this.#waiting.indexOf(turn);
      if (place < 0) return;
      this.#waiting.splice(place, 1);
      turn.reject(signal!.reason);
    };
    signal?.addEventListener("abort", leave);
    try {
      return await turn.promise;
    } finally {
      signal?.removeEventListener("abort", leave);
    }
  }

  /** Makes the error of what took too long; only a photo may be to blame for that. */
  #lateError(input: Input<keyof PhotoService>, limitMs: number): Error {
    if ("bytes" in input) return new LateImageError(limitMs);
    const what = "tensors" in input
      ? `shard "${input.metadata.shard}" was not sealed`
      : `a worker has not loaded its ${input.format} decoder`;
    return new Error(
      `${this.#options.task} as ${what} in ${
        Math.ceil(limitMs / 1000)
      } s: this machine is too busy`,
    );
  }

  /** Begins to count the time of an input; one that begins in a step has that step in addition. */
  #watch(slot: Slot, limitMs: number): void {
    slot.leftMs = slot.timer === undefined ? limitMs : limitMs + STEP_MS;
    if (slot.timer === undefined && !this.isClosed) this.#step(slot);
  }

  /** Waits for a step at most, and ends the worker where no time is left. */
  #step(slot: Slot): void {
    const ms = Math.min(slot.leftMs, STEP_MS);
    slot.timer = setTimeout(() => {
      slot.timer = undefined;
      slot.leftMs -= ms;
      if (slot.leftMs <= 0) this.#end(slot);
      else if (slot.leftMs < Infinity) this.#step(slot);
    }, ms);
  }

  /** Ends a worker; another takes its place. */
  #end(slot: Slot): void {
    clearTimeout(slot.timer);
    slot.client.terminate();
    if (!this.isClosed) this.#slots.delete(slot);
  }

  /** Finds a worker for what waits longest; a new one where another may start. */
  #find({ mayWait }: Turn): Slot | undefined {
    const { workers, task, module = WORKER, isNative = false, ahead = false } =
      this.#options;
    const slots = [...this.#slots];
    const idle = slots.find(({ load }) => load === 0);
    if (idle) return idle;
    if (slots.length === workers) {
      return ahead && mayWait
        ? slots.find(({ load }) => load === 1)
        : undefined;
    }
    const failure = (reason: string) => new Error(`${task} as ${reason}`);
    const client = startWorker<PhotoService>({ module, failure, isNative });
    const slot: Slot = {
      client,
      load: 0,
      last: Promise.resolve(),
      leftMs: Infinity,
      timer: undefined,
    };
    this.#slots.add(slot);
    return slot;
  }

  /** Gives workers to those that wait, in order. */
  #serve(): void {
    for (let turn = this.#waiting[0]; turn; turn = this.#waiting[0]) {
      const slot = this.#find(turn);
      if (!slot) return;
      this.#waiting.shift();
      turn.resolve({ slot, waits: slot.load++ > 0 });
    }
  }
}
