/**
 * Batches of what waits: single items in, one answer each, computed together.
 */

/** How batches are run. */
export interface BatchQueueOptions<Item, Answer> {
  /** Returns the most items of the next batch. */
  most: () => number;
  /** Most batches under way: the next one is sent while a device works. */
  atOnce: number;
  /**
   * How long a batch that is not full waits for more while the device works, in
   * milliseconds.
   *
   * @default {0}
   */
  waitMs?: number | undefined;
  /** Computes a batch; returns an answer for each item, in order. */
  run: (items: Item[]) => Promise<Answer[]>;
}

/** An item that waits for its batch. */
interface Waiting<Item, Answer> extends PromiseWithResolvers<Answer> {
  item: Item;
  /** Whether it has waited long enough. */
  isDue: boolean;
}

/**
 * Collects items into batches.
 *
 * A device that is idle gets an item at once; while it works, items wait, and the
 * next batch takes all of them that fit. So a single item is fast, and many are
 * computed in full batches.
 */
export class BatchQueue<Item, Answer> {
  readonly #options: BatchQueueOptions<Item, Answer>;
  readonly #waiting: Waiting<Item, Answer>[] = [];
  readonly #underWay = new Set<Promise<void>>();

  /** Makes an empty queue. */
  constructor(options: BatchQueueOptions<Item, Answer>) {
    this.#options = options;
  }

  /**
   * Adds an item.
   *
   * @param signal Takes it away again, if it still waits.
   * @throws What the batch of the item throws.
   */
  add(item: Item, signal?: AbortSignal): Promise<Answer> {
    const { waitMs = 0 } = this.#options;
    const promise = Promise.withResolvers<Answer>();
    const waiting = { item, isDue: waitMs === 0, ...promise };
    this.#waiting.push(waiting);
    // Items that are added together go together.
    queueMicrotask(() => this.#start());
    const leave = () => {
      const place = this.#waiting.indexOf(waiting);
      if (place < 0) return;
      this.#waiting.splice(place, 1);
      waiting.reject(signal?.reason);
    };
    signal?.addEventListener("abort", leave);
    const timer = waitMs > 0
      ? setTimeout(() => {
        waiting.isDue = true;
        this.#start();
      }, waitMs)
      : undefined;
    const settle = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", leave);
    };
    waiting.promise.then(settle, settle);
    return waiting.promise;
  }

  /** Waits until nothing is under way; items that are added meanwhile included. */
  async drain(): Promise<void> {
    while (this.#waiting.length > 0 || this.#underWay.size > 0) {
      await Promise.all(this.#underWay);
      await Promise.resolve();
    }
  }

  /** Whether the next batch need not wait for more items. */
  get #isReady(): boolean {
    const [oldest] = this.#waiting;
    return oldest !== undefined &&
      (oldest.isDue || this.#underWay.size === 0 ||
        this.#waiting.length >= this.#options.most());
  }

  /** Starts batches while there are items and room. */
  #start(): void {
    const { most, atOnce } = this.#options;
    while (this.#isReady && this.#underWay.size < atOnce) {
      const batch = this.#waiting.splice(0, most());
      const done = this.#run(batch).finally(() => {
        this.#underWay.delete(done);
        this.#start();
      });
      this.#underWay.add(done);
    }
  }

  /** Runs a batch and answers its items. */
  async #run(batch: readonly Waiting<Item, Answer>[]): Promise<void> {
    try {
      const answers = await this.#options.run(batch.map(({ item }) => item));
      batch.forEach(({ resolve }, i) => resolve(answers[i]!));
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}
