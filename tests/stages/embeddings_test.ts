import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Artifact } from "../../pipeline/artifact/artifact.ts";
import { encodeSealed } from "../../pipeline/artifact/shard.ts";
import { StageFiles } from "../../pipeline/artifact/stage_files.ts";
import { toTensor } from "../../pipeline/artifact/tensor.ts";
import { MissingArtifactError } from "../../pipeline/errors.ts";
import { loadSplit } from "../../pipeline/stages/embeddings.ts";
import { MemoryStore } from "../support/memory_store.ts";

const WORK = { stage: "embeddings", version: 0, config: {}, inputs: {} };

/** Samples of each shard, in two views. */
const SHARDS = [2, 0, 1, 2];

/** Numbers at each end of a view that differ from 0, and from all others. */
const ENDS = 3;

/** Both ends of a view. */
function endsOf(view: Float32Array): number[] {
  return [...view.subarray(0, ENDS), ...view.subarray(-ENDS)];
}

/** Opens a training split whose views have `size` numbers. */
async function open(size: number) {
  const store = new MemoryStore();
  const files = await StageFiles.open(store, WORK);
  const entries = [];
  let [next, sample] = [1, 0];
  for (const [i, rows] of SHARDS.entries()) {
    const embedding = new Float32Array(rows * 2 * size);
    for (let end = size; end <= embedding.length; end += size) {
      const view = embedding.subarray(end - size, end);
      for (let k = 0; k < ENDS; k++) view[k] = next++;
      for (let k = size - ENDS; k < size; k++) view[k] = next++;
    }
    const numbers = Int32Array.from({ length: rows }, () => sample++);
    const bytes = await encodeSealed({
      embedding: toTensor(embedding, [rows, 2, size]),
      label: toTensor(numbers.map((n) => n + 10), [rows]),
      record: toTensor(numbers.map((n) => n + 20), [rows]),
    }, { engine: "cpu" });
    const entry = await files.write(
      `train-0000${i}-of-00004.safetensors`,
      bytes,
    );
    entries.push({ ...entry, rows });
  }
  const artifact = new Artifact(files, await files.seal(entries, {}));
  return { store, source: (await loadSplit(artifact, "train"))! };
}

/** Reads everything of a split in several ways. */
async function readAll(size: number) {
  const { source, store } = await open(size);
  const { count, views, labels } = source;
  const one = new Float32Array(size);
  const single = [4, 0, 2, 1, 3].flatMap((row) =>
    [1, 0].map((view) => {
      source.copyView(one, row, view);
      return [source.record(row), ...endsOf(one)];
    })
  );
  const middle = new Float32Array(3 * 2 * size);
  source.copyTo(middle, 1);
  const together = Array.from(
    { length: 6 },
    (_, i) => endsOf(middle.subarray(i * size, (i + 1) * size)),
  );
  store.files.clear();
  const readAgain = () => source.copyView(one, 0, 0);
  return { seen: { count, views, labels, single, together }, readAgain };
}

Deno.test("loadSplit() reads the rows of a large split from its files, the same as those that stay in memory", async () => {
  const small = await readAll(8);
  small.readAgain();
  // 20 MiB.
  const large = await readAll(2 ** 19);
  assertThrows(
    large.readAgain,
    MissingArtifactError,
    'of stage "embeddings" as the file has been removed',
  );
  assertEquals(large.seen, small.seen);
  assertEquals([large.seen.count, large.seen.views], [5, 2]);
  assertEquals(large.seen.single[0], [24, 55, 56, 57, 58, 59, 60]);
  assertEquals(large.seen.together[0], [13, 14, 15, 16, 17, 18]);
});

Deno.test("loadSplit() names the tensor that is of another type", async () => {
  const files = await StageFiles.open(new MemoryStore(), WORK);
  const embedding = toTensor(Int32Array.of(1), [1, 1, 1]);
  const bytes = await encodeSealed({ embedding }, {});
  const entry = await files.write("train-00000-of-00001.safetensors", bytes);
  const manifest = await files.seal([{ ...entry, rows: 1 }], {});
  await assertRejects(
    () => loadSplit(new Artifact(files, manifest), "train"),
    TypeError,
    'Cannot read tensor "embedding" as F32: it is I32',
  );
});
