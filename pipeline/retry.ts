/** When to try again (an edge: clock and chance). */

/** Longest pause between two attempts, unless the server asks for more: people rarely wait longer. */
const MAX_BACKOFF_MS = 30_000;

/** Longest pause that a server may ask for. */
const MAX_RETRY_AFTER_MS = 60_000;

/**
 * Returns the pause before an attempt: the first one doubled each time, of which up to
 * half is left to chance, so that many who failed together do not return together.
 *
 * @param attempt Failures in a row so far, from 1.
 * @param firstMs The longest first pause, in milliseconds.
 * @returns The pause in milliseconds.
 */
export function backoffMs(attempt: number, firstMs = 1000): number {
  const longest = Math.min(MAX_BACKOFF_MS, firstMs * 2 ** (attempt - 1));
  return longest * (1 - Math.random() / 2);
}

/**
 * Reads a `Retry-After` header.
 *
 * Source: RFC 9110, section 10.2.3: seconds, or a date.
 *
 * @param header Its value, or `null` if there is none.
 * @returns The pause in milliseconds, capped; 0 for what is no header.
 */
export function retryAfterMs(header: string | null, nowMs: number): number {
  const text = header?.trim() ?? "";
  const wantedMs = /^\d+$/.test(text)
    ? Number(text) * 1000
    : Date.parse(text) - nowMs;
  return wantedMs > 0 ? Math.min(wantedMs, MAX_RETRY_AFTER_MS) : 0;
}

/**
 * Waits.
 *
 * @returns A promise that rejects with the reason of the signal.
 */
export function sleep(durationMs: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const stop = () => reject(signal.reason);
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true });
  const timer = setTimeout(resolve, durationMs);
  return promise.finally(() => {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  });
}
