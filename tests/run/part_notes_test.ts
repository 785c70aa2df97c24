import { assertEquals } from "@std/assert";
import {
  NoteWriter,
  readNotes,
  removeNotes,
} from "../../pipeline/run/part_notes.ts";
import { MemoryStore } from "../support/memory_store.ts";

const DIRECTORY = "artifacts/tensors-0123456789abcdef";

/** Says that a stage is not sealed. */
const notSealed = () => Promise.resolve(false);

/** What is the same each time. */
async function read(store: MemoryStore, directory = DIRECTORY) {
  const notes = await readNotes(store, directory);
  return notes.map(({ startedAt: _s, updatedAt: _u, ...note }) => note);
}

/** Lets a part begin. */
function begin(store: MemoryStore, index: number, count: number): NoteWriter {
  const part = { index, count };
  const note = new NoteWriter(store, DIRECTORY, part);
  note.hear({ type: "part", stage: "tensors", part, shards: 2, of: 7 });
  const start = { type: "start", stage: "tensors", unit: "images" } as const;
  note.hear({ ...start, done: 0, total: 8 });
  note.hear({ type: "progress", stage: "tensors", done: 4, total: 8 });
  note.hear({ ...start, done: 4, total: 8 });
  note.hear({ type: "progress", stage: "tensors", done: 6, total: 8 });
  return note;
}

Deno.test("NoteWriter tells how far a part is, and how it ended", async () => {
  const store = new MemoryStore();
  await begin(store, 1, 4).close("stopped", notSealed);
  assertEquals([...store.files.keys()], [
    "parts/tensors-0123456789abcdef-00001-of-00004.json",
  ]);
  assertEquals(await read(store), [{
    index: 1,
    count: 4,
    shards: 2,
    shardsOfStage: 7,
    images: 8,
    imagesDone: 6,
    imagesKept: 4,
    state: "stopped",
  }]);
});

Deno.test("NoteWriter removes the note of a part that is not needed any more", async () => {
  const store = new MemoryStore();
  const isSealed = () => Promise.resolve(true);
  await begin(store, 0, 2).close("done", isSealed);
  assertEquals([...store.files.keys()], []);
});

Deno.test("NoteWriter removes a note that it wrote while the stage was sealed", async () => {
  const store = new MemoryStore();
  const answers = [false, true];
  const seen: number[] = [];
  await begin(store, 0, 2).close("done", () => {
    seen.push(store.files.size);
    return Promise.resolve(answers.shift()!);
  });
  assertEquals(seen, [0, 1]);
  assertEquals([...store.files.keys()], []);
});

Deno.test("readNotes() returns the parts of the number that told last, in order", async () => {
  const store = new MemoryStore();
  await begin(store, 0, 9).close("failed", notSealed);
  const path = "parts/tensors-0123456789abcdef-00000-of-00009.json";
  const old = new TextDecoder().decode(store.files.get(path));
  await store.writeAtomic(
    path,
    new TextEncoder().encode(old.replaceAll(/"20\d\d/g, '"2001')),
  );
  await begin(store, 2, 3).close("done", notSealed);
  await begin(store, 0, 3).close("done", notSealed);
  await store.writeAtomic(
    "parts/tensors-0123456789abcdef-00001-of-00003.json",
    new TextEncoder().encode("{"),
  );
  assertEquals(
    (await read(store)).map(({ index, count }) => [index, count]),
    [[0, 3], [2, 3]],
  );
  assertEquals(await read(store, "artifacts/tensors-fedcba9876543210"), []);
});

Deno.test("removeNotes() removes those of one stage", async () => {
  const store = new MemoryStore({
    "parts/embeddings-0-00000-of-00001.json": "",
  });
  await begin(store, 0, 3).close("done", notSealed);
  await begin(store, 0, 4).close("done", notSealed);
  await removeNotes(store, DIRECTORY);
  assertEquals([...store.files.keys()], [
    "parts/embeddings-0-00000-of-00001.json",
  ]);
});
