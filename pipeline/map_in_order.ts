/**
 * Asynchronous work on a list, several items at a time, with results in order.
 */

/** Whichever is first: the next item, or the result that is due. */
async function nextOrResult<T>(
  next: Promise<IteratorResult<T>>,
  result: Promise<unknown>,
): Promise<IteratorResult<T> | undefined> {
  const settled = result.then(() => undefined, () => undefined);
  return await Promise.race([next, settled]);
}

/**
 * Maps items to results, which come in the order of the items.
 *
 * At most `atOnce` items are under way or wait to be taken, so memory stays flat
 * however long the list is. A result whose turn it is does not wait for items that
 * are yet to come. A loop that ends early, or by an error, ends only when nothing is
 * under way any more. If the list itself fails, the results of the items before the
 * failure come first.
 *
 * @example Usage
 * ```ts
 * const doubled = mapInOrder([1, 2, 3], 2, (n) => Promise.resolve(2 * n));
 * await Array.fromAsync(doubled); // [2, 4, 6]
 * ```
 *
 * @typeParam T What is worked on.
 * @typeParam R The result of the work.
 * @param atOnce Most items under way, at least 1.
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
  let failure: { error: unknown } | undefined;
  const end = (error: unknown): IteratorResult<T> => {
    failure = { error };
    return { done: true, value: undefined };
  };
  try {
    while (true) {
      // Items that are there already begin at once, without a turn of the loop each.
      const asked = iterator.next();
      let next: IteratorResult<T> | undefined;
      if (!(asked instanceof Promise)) next = asked;
      else {
        const asking = asked.catch(end);
        while (underWay.length > 0) {
          next = await nextOrResult(asking, underWay[0]!);
          if (next) break;
          yield await underWay.shift()!;
        }
        next ??= await asking;
      }
      if (next.done) break;
      const result = work(next.value);
      // The rejection surfaces when its turn comes, below.
      result.catch(() => {});
      underWay.push(result);
      if (underWay.length >= atOnce) yield await underWay.shift()!;
    }
    while (underWay.length > 0) yield await underWay.shift()!;
    if (failure) throw failure.error;
  } finally {
    await Promise.allSettled(underWay);
    await iterator.return?.();
  }
}
