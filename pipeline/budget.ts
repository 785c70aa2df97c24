/** A budget: what is taken from it is waited for, first come, first served. */

/** A request for a part of the budget. */
interface Waiting {
  amount: number;
  resolve: () => void;
}

/** A budget that is shared. */
export class Budget {
  #left: number;
  readonly #waiting: Waiting[] = [];

  /** Starts with all of it. */
  constructor(amount: number) {
    this.#left = amount;
  }

  /**
   * Takes a part, when there is enough.
   *
   * @param amount How much; at most the whole.
   * @returns Gives it back when it is disposed of.
   */
  async take(amount: number): Promise<Disposable> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push({ amount, resolve });
    this.#serve();
    await promise;
    return {
      [Symbol.dispose]: () => {
        this.#left += amount;
        this.#serve();
      },
    };
  }

  /** Gives parts to those who wait. */
  #serve(): void {
    while (this.#waiting.length > 0 && this.#waiting[0]!.amount <= this.#left) {
      const { amount, resolve } = this.#waiting.shift()!;
      this.#left -= amount;
      resolve();
    }
  }
}
