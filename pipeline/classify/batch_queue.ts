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
   * milliseconds, from its oldest item or the start of the batch before.
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
  /** The wait of the next batch; one for all items, as each timer takes some 30 µs. */
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Whether the next batch has waited long enough. */
  #isDue = false;

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
    const waiting = { item, ...Promise.withResolvers<Answer>() };
    this.#waiting.push(waiting);
    // Items that are added together go together.
    queueMicrotask(() => {
      this.#start();
      if (signal && this.#waiting.includes(waiting)) {
        this.#mayLeave(waiting, signal);
      }
    });
    return waiting.promise;
  }

  /** Takes an item that waits away when it is no longer wanted. */
  #mayLeave(waiting: Waiting<Item, Answer>, signal: AbortSignal): void {
    const leave = () => {
      const place = this.#waiting.indexOf(waiting);
      if (place < 0) return;
      this.#waiting.splice(place, 1);
      if (this.#waiting.length === 0) this.#endWait();
      waiting.reject(signal.reason);
    };
    signal.addEventListener("abort", leave);
    const settle = () => signal.removeEventListener("abort", leave);
    waiting.promise.then(settle, settle);
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
    const { waitMs = 0, most } = this.#options;
    const { length } = this.#waiting;
    return length > 0 &&
      (waitMs === 0 || this.#isDue || this.#underWay.size === 0 ||
        length >= most());
  }

  /** Begins the wait of a batch, unless that is done. */
  #beginWait(): void {
    const { waitMs = 0 } = this.#options;
    if (waitMs === 0 || this.#isDue) return;
    this.#timer ??= setTimeout(() => {
      this.#isDue = true;
      this.#start();
    }, waitMs);
  }

  /** Ends the wait of a batch. */
  #endWait(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#isDue = false;
  }

  /** Starts batches while there are items and room. */
  #start(): void {
    const { most, atOnce } = this.#options;
    while (this.#isReady && this.#underWay.size < atOnce) {
      this.#endWait();
      const batch = this.#waiting.splice(0, most());
      const done = this.#run(batch).finally(() => {
        this.#underWay.delete(done);
        this.#start();
      });
      this.#underWay.add(done);
    }
    if (this.#waiting.length > 0) this.#beginWait();
  }

  async #run(batch: readonly Waiting<Item, Answer>[]): Promise<void> {
    try {
      const answers = await this.#options.run(batch.map(({ item }) => item));
      batch.forEach(({ resolve }, i) => resolve(answers[i]!));
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}
