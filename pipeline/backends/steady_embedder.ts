/**
 * An embedder that goes on when its device has failed, as by a lost GPU or for lack of
 * memory: with half the batch, and in the end on the next engine.
 */

import { BackendUnavailableError } from "../errors.ts";
import type { BackendName, Embedder, EmbedderOptions } from "./backend.ts";
import type { BackendChoice } from "./open_backend.ts";

/** How an embedder is opened again. */
export interface SteadyOptions {
  /** The engine that was asked for; only `auto` goes over to another. */
  choice: BackendChoice;
  /**
   * Opens the backbone.
   *
   * @param failed Engines that are not to be taken.
   * @throws {BackendUnavailableError} If there is no such engine.
   */
  open: (
    choice: BackendChoice,
    options: EmbedderOptions,
    failed: ReadonlySet<BackendName>,
  ) => Promise<Embedder>;
  /** Hears what failed, and what is done. */
  tell: (message: string) => void;
}

/** Returns options for half the batch in one worker; none where it cannot be smaller. */
function halve({ name, batchSize }: Embedder): EmbedderOptions | undefined {
  if (batchSize < 2) return undefined;
  // The batch of wasm is that of all its workers.
  return {
    workers: 1,
    batchSize: name === "wasm" ? 1 : Math.floor(batchSize / 2),
  };
}

/** An embedder in place of one that has failed. */
async function replace(
  before: Embedder,
  error: BackendUnavailableError,
  options: SteadyOptions & { failed: Set<BackendName> },
): Promise<Embedder> {
  const { choice, open, tell, failed } = options;
  const { name } = before;
  await before.close();
  const smaller = halve(before);
  const ways: (() => Promise<Embedder>)[] = [];
  if (smaller) ways.push(() => open(name, smaller, failed));
  if (choice === "auto") {
    ways.push(() => {
      failed.add(name);
      return open(choice, {}, failed);
    });
  }
  for (const way of ways) {
    try {
      const next = await way();
      tell(
        `engine ${name} has failed: ${error.reason}; it goes on with ${next.name} and batches of ${next.batchSize}`,
      );
      return next;
    } catch (other) {
      if (!(other instanceof BackendUnavailableError)) throw other;
    }
  }
  throw error;
}

/**
 * Opens an embedder that goes on when its device has failed.
 *
 * Embeddings that were returned before stay with the caller; the images of the call that
 * failed are embedded again, all of them by one engine.
 *
 * @returns The embedder; its name and batch are those of the engine it is at.
 * @throws {BackendUnavailableError} If no engine is available.
 */
export async function openSteady(options: SteadyOptions): Promise<Embedder> {
  const failed = new Set<BackendName>();
  let current = await options.open(options.choice, {}, failed);
  let replacing: Promise<void> | undefined;
  /** Why there is no other: what was current is closed. */
  let lost: { error: unknown } | undefined;
  return {
    get name() {
      return current.name;
    },
    get description() {
      return current.description;
    },
    get embeddingSize() {
      return current.embeddingSize;
    },
    get batchSize() {
      return current.batchSize;
    },
    async embed(images, request) {
      while (true) {
        if (lost) throw lost.error;
        const used = current;
        try {
          return await used.embed(images, request);
        } catch (error) {
          if (!(error instanceof BackendUnavailableError)) throw error;
          // When there is no other, what was current is closed already.
          if (used === current && !lost) {
            replacing ??= replace(used, error, { ...options, failed })
              .then((next) => void (current = next))
              .catch((error) => void (lost = { error }))
              .finally(() => void (replacing = undefined));
          }
          await replacing;
        }
      }
    },
    close: () => lost ? Promise.resolve() : current.close(),
  };
}
