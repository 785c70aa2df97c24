/**
 * Notes of parts: how far each of the tasks is that make a stage together.
 *
 * `parts/tensors-3f9c0b1d2e4a5f60-00001-of-00004.json` is written by its part alone,
 * some times a minute, and removed once the stage is complete. Notes are for people,
 * and for messages: nothing of an artifact depends on one.
 */

import { z } from "zod";
import type { ReadableStore, Store } from "../artifact/store.ts";
import type { Part } from "../shards/part.ts";
import type { PipelineEvent } from "./events.ts";

/** Folder of the notes in a work directory. */
const FOLDER = "parts";

/** Least time between two writings of a note, in milliseconds. */
const REST_MS = 2000;

const COUNT = z.int().nonnegative();

const SCHEMA = z.strictObject({
  index: COUNT,
  count: z.int().positive(),
  state: z.enum(["running", "stopped", "failed", "done"]),
  shards: COUNT,
  shardsOfStage: COUNT,
  images: COUNT,
  imagesDone: COUNT,
  imagesKept: COUNT,
  startedAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});

/** How far a part is. */
export interface PartNote extends Part {
  /** `running` also for one that was killed: it has not told any more. */
  state: "running" | "stopped" | "failed" | "done";
  /** Shards of the part. */
  shards: number;
  /** Shards of the stage. */
  shardsOfStage: number;
  /** Images of the part. */
  images: number;
  /** Those that are done. */
  imagesDone: number;
  /** Those of them that were there when the part started. */
  imagesKept: number;
  /** When it began to make shards: ISO 8601 in UTC. */
  startedAt: string;
  /** When it last told. */
  updatedAt: string;
}

/** Returns the path of the note of a part; without a part, how the paths of all begin. */
function notePath(directory: string, part?: Part): string {
  const name = directory.slice(directory.lastIndexOf("/") + 1);
  const digits = (n: number) => String(n).padStart(5, "0");
  const end = part ? `${digits(part.index)}-of-${digits(part.count)}.json` : "";
  return `${FOLDER}/${name}-${end}`;
}

/** Lists the paths of the notes of a stage. */
async function listNotes(
  store: ReadableStore,
  directory: string,
): Promise<string[]> {
  const start = notePath(directory);
  const paths = (await store.list(FOLDER)).map(({ path }) => path);
  return paths.filter((path) => path.startsWith(start));
}

/**
 * Reads the notes of a stage.
 *
 * @param directory Directory of the stage, relative to the work directory.
 * @returns The notes by the number of their part; of the number of parts that told last, where parts of several numbers were at work.
 */
export async function readNotes(
  store: ReadableStore,
  directory: string,
): Promise<PartNote[]> {
  const notes: PartNote[] = [];
  for (const path of await listNotes(store, directory)) {
    const bytes = await store.read(path);
    // One that was removed meanwhile, or is of another version, is no news.
    try {
      notes.push(SCHEMA.parse(JSON.parse(new TextDecoder().decode(bytes))));
    } catch {
      continue;
    }
  }
  const latest = notes.reduce<PartNote | undefined>(
    (a, b) => a && a.updatedAt >= b.updatedAt ? a : b,
    undefined,
  );
  return notes.filter(({ count }) => count === latest?.count)
    .sort((a, b) => a.index - b.index);
}

/** Removes the notes of a stage. */
export async function removeNotes(
  store: Store,
  directory: string,
): Promise<void> {
  for (const path of await listNotes(store, directory)) {
    await store.remove(path);
  }
}

/** Writes the note of one part. */
export class NoteWriter {
  readonly #store: Store;
  readonly #path: string;
  readonly #note: PartNote;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #writing: Promise<void> | undefined;
  #writtenMs = 0;

  /**
   * Prepares the note; nothing is written before the part has news.
   *
   * @param directory Directory of the stage, relative to the work directory.
   */
  constructor(store: Store, directory: string, part: Part) {
    this.#store = store;
    this.#path = notePath(directory, part);
    const startedAt = new Date().toISOString();
    const none = { shards: 0, shardsOfStage: 0, imagesDone: 0, imagesKept: 0 };
    this.#note = {
      ...{ ...part, ...none, images: 0, state: "running" },
      ...{ startedAt, updatedAt: startedAt },
    };
  }

  /** Writes the note as it is now. */
  async #write(): Promise<void> {
    this.#note.updatedAt = new Date().toISOString();
    const text = `${JSON.stringify(this.#note)}\n`;
    await this.#store.writeAtomic(this.#path, new TextEncoder().encode(text));
  }

  /** Takes what the part tells. */
  hear(event: PipelineEvent): void {
    const note = this.#note;
    if (event.type === "part") {
      note.shards = event.shards;
      note.shardsOfStage = event.of;
    } else if (event.type === "start") {
      // The second start counts what was there.
      note.startedAt = new Date().toISOString();
      note.images = event.total;
      note.imagesDone = note.imagesKept = event.done;
    } else if (event.type === "progress") {
      note.imagesDone = event.done;
    } else return;
    this.#tell();
  }

  /** Tells that the part is to stop: it may be ended before it can close the note. */
  stop(): void {
    this.#note.state = "stopped";
    this.#tell();
  }

  /** Writes the note soon. */
  #tell(): void {
    // What comes in the meantime is told with it.
    const wait = this.#writtenMs + REST_MS - Date.now();
    this.#timer ??= setTimeout(() => {
      this.#writtenMs = Date.now();
      // Where this fails the next writing does too, and the last is awaited.
      const writing = (this.#writing ?? Promise.resolve())
        .then(() => this.#write());
      this.#writing = writing.catch(() => {});
      this.#timer = undefined;
    }, Math.max(0, wait));
  }

  /**
   * Writes the note for the last time.
   *
   * @param isSealed Says whether the stage is sealed, so that nobody needs the note. It is asked again after the writing: who seals later than that removes the note.
   */
  async close(
    state: PartNote["state"],
    isSealed: () => Promise<boolean>,
  ): Promise<void> {
    clearTimeout(this.#timer);
    await this.#writing;
    this.#note.state = state;
    if (!await isSealed()) await this.#write();
    if (await isSealed()) await this.#store.remove(this.#path);
  }
}
