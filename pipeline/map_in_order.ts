/**
 * Asynchronous work on a list, several items at a time, with results in order.
 *
 * @module
 */

/**
 * Maps items to results, which come in the order of the items.
 *
 * At most `atOnce` items are under way or wait to be taken, so memory stays flat
 * however long the list is. Whoever stops early, or on an error, goes on only
 * when nothing is under way any more.
 *
 * @example Usage
 * ```ts
 * const doubled = mapInOrder([1, 2, 3], 2, (n) => Promise.resolve(2 * n));
 * await Array.fromAsync(doubled); // [2, 4, 6]
 * ```
 *
 * @typeParam T What is worked on.
 * @typeParam R What comes of it.
 * @param items The items.
 * @param atOnce Most items under way, at least 1.
 * @param work Does the work on one item.
 * @returns The results.
 */
export async function* mapInOrder<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  atOnce: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const iterator = Symbol.asyncIterator in items
    ? items[Symbol.asyncIterator]()
    : items[Symbol.iterator]();
  const underWay: Promise<R>[] = [];
  try {
    while (true) {
      // Items that are there already begin at once, without a turn of the loop each.
      const next = iterator.next();
      const { done, value } = next instanceof Promise ? await next : next;
      if (done) break;
      const result = work(value);
      // The rejection surfaces when its turn comes, below.
      result.catch(() => {});
      underWay.push(result);
      if (underWay.length >= atOnce) yield await underWay.shift()!;
    }
    while (underWay.length > 0) yield await underWay.shift()!;
  } finally {
    await Promise.allSettled(underWay);
    await iterator.return?.();
  }
}
