/**
 * Backbones that runs share: one is in memory once, however many heads are on it,
 * and stays when a head is trained anew.
 */

import type { Embedder } from "../backends/backend.ts";

/** A backbone and how many use it. */
interface Entry {
  embedder: Promise<Embedder>;
  users: number;
}

/** Backbones by what decides them. */
export class SharedBackbones {
  readonly #entries = new Map<string, Entry>();
  readonly #onBatch: (photos: number) => void;

  /**
   * Starts with none.
   *
   * @param onBatch Called for every batch, with its number of photos.
   */
  constructor(onBatch: (photos: number) => void) {
    this.#onBatch = onBatch;
  }

  /**
   * Opens a backbone, unless it is open.
   *
   * @returns The backbone; it is closed when the last one that uses it closes it.
   */
  async open(key: string, open: () => Promise<Embedder>): Promise<Embedder> {
    const entry = this.#entries.get(key) ?? { embedder: open(), users: 0 };
    this.#entries.set(key, entry);
    entry.users++;
    const release = () => {
      if (--entry.users === 0 && this.#entries.get(key) === entry) {
        this.#entries.delete(key);
      }
      return entry.users === 0;
    };
    try {
      const embedder = await entry.embedder;
      return {
        name: embedder.name,
        description: embedder.description,
        embeddingSize: embedder.embeddingSize,
        batchSize: embedder.batchSize,
        embed: (images, request) => {
          this.#onBatch(request.count);
          return embedder.embed(images, request);
        },
        close: async () => {
          if (release()) await embedder.close();
        },
      };
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Forgets a backbone that has failed; the next `open` opens it anew. */
  forget(key: string): void {
    this.#entries.delete(key);
  }
}
