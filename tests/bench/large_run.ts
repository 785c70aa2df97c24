/**
 * The steps that one machine does alone in a run of any number of photos: time and
 * peak memory of planning, sealing and looking at it.
 *
 * The photos of a class are links to one file, which takes no disk. What parts would
 * have made of them comes from a formula: each photo has a digest of its own, and
 * the pixels are holes in sparse files.
 *
 * Run it as `deno run -A tests/bench/large_run.ts <directory> <count> [step]`. It wants
 * some 500 bytes of disk a photo; remove the directory afterwards. With the number of a
 * step, from 0, it goes on with that one.
 *
 * @module
 */

import { decodeHex } from "@std/encoding/hex";
import { join } from "@std/path";
import { Artifact } from "../../pipeline/artifact/artifact.ts";
import { Sha256 } from "../../pipeline/artifact/sha256.ts";
import { FileStore } from "../../pipeline/artifact/file_store.ts";
import type { Work } from "../../pipeline/artifact/fingerprint.ts";
import type { Tensor } from "../../pipeline/artifact/safetensors.ts";
import { encodeSealed } from "../../pipeline/artifact/shard.ts";
import { planShards } from "../../pipeline/artifact/shard_name.ts";
import { StageFiles } from "../../pipeline/artifact/stage_files.ts";
import { toTensor } from "../../pipeline/artifact/tensor.ts";
import { SPLITS } from "../../pipeline/dataset/split.ts";
import { readRun } from "../../pipeline/run/run_file.ts";
import { openedWork } from "../../pipeline/shards/opened_photos.ts";
import { DATASET_INDEX } from "../../pipeline/stages/dataset_index.ts";
import { makePhoto } from "./make_photos.ts";
import { measureTask } from "./measured_task.ts";

/** Photos of a class: fewer than the links that a file of ext4 may have. */
const CLASS_PHOTOS = 10_000;

/** Side of an image, in pixels: the least. */
const IMAGE_SIZE = 32;

/** Photos in a shard. */
const SHARD_SIZE = 1024;

/** More parts than there are shards: the last has nothing to make but the plan. */
const NO_SHARD = "--part=999999/1000000";

/** Makes the photos. */
async function linkPhotos(directory: string, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const label = Math.floor(i / CLASS_PHOTOS);
    const folder = join(directory, `class_${String(label).padStart(4, "0")}`);
    const path = join(folder, `photo_${String(i).padStart(8, "0")}.jpg`);
    const first = label * CLASS_PHOTOS;
    if (i === first) {
      await Deno.mkdir(folder, { recursive: true });
      await Deno.writeFile(path, makePhoto(0).bytes);
    } else {
      const name = `photo_${String(first).padStart(8, "0")}.jpg`;
      await Deno.link(join(folder, name), path);
    }
  }
}

/** Returns digests of photos that differ, U8 `[n, 32]`. */
function digestsOf(rows: ArrayLike<number>): Uint8Array {
  const digests = new Uint8Array(rows.length * 32);
  for (let i = 0; i < rows.length; i++) {
    const bytes = new Uint8Array(Float64Array.of(rows[i]!).buffer);
    digests.set(decodeHex(new Sha256().update(bytes).hex()), i * 32);
  }
  return digests;
}

/** Writes a shard as a part would have made it; long zeros as holes. */
async function writeShard(
  root: string,
  files: StageFiles,
  shard: string,
  tensors: Record<string, Tensor>,
): Promise<void> {
  const { fingerprint, work: { stage } } = files;
  const metadata = { stage, fingerprint, shard, rejected: "[]" };
  const bytes = await encodeSealed(tensors, metadata);
  const path = join(root, files.path(shard));
  using file = await Deno.open(path, {
    create: true,
    truncate: true,
    write: true,
  });
  await file.truncate(bytes.length);
  const block = 4096;
  for (let start = 0; start < bytes.length; start += block) {
    const part = bytes.subarray(start, start + block);
    if (part.every((byte) => byte === 0)) continue;
    await file.seek(start, Deno.SeekMode.Start);
    await file.write(part);
  }
}

/** Returns the work of a stage of the run. */
async function workOf(store: FileStore, stage: string): Promise<Work> {
  return (await readRun(store, "default"))!.works[stage]!;
}

/** Writes what the parts of the index would have found. */
async function writeOpened(store: FileStore, count: number): Promise<void> {
  const work = openedWork(await workOf(store, DATASET_INDEX.name));
  const files = await StageFiles.open(store, work);
  await Deno.mkdir(join(store.root, files.directory), { recursive: true });
  const shardSize = Math.max(64, Math.ceil(count / 4096));
  const { length: sizeBytes } = makePhoto(0).bytes;
  for (const plan of planShards("photos", { rows: count, shardSize })) {
    const n = plan.end - plan.start;
    const rows = Int32Array.from({ length: n }, (_, i) => plan.start + i);
    const numbers = [sizeBytes, 64, 48, 1];
    const photo = Int32Array.from({ length: 4 * n }, (_, i) => numbers[i % 4]!);
    await writeShard(store.root, files, plan.path, {
      record: toTensor(rows, [n]),
      digest: toTensor(digestsOf(rows), [n, 32]),
      photo: toTensor(photo, [n, 4]),
    });
  }
}

/** Writes the shards of tensors that the parts would have made. */
async function writeTensors(store: FileStore): Promise<void> {
  const files = await StageFiles.open(store, await workOf(store, "tensors"));
  await Deno.mkdir(join(store.root, files.directory), { recursive: true });
  const index = await StageFiles.open(
    store,
    await workOf(store, DATASET_INDEX.name),
  );
  const opened = await DATASET_INDEX.open(
    new Artifact(index, await index.requireManifest()),
  );
  const records = await opened.readRecords();
  for (const split of SPLITS) {
    const rows = records.rowsOf(split);
    const sizes = { rows: rows.length, shardSize: SHARD_SIZE };
    for (const { path, start, end } of planShards(split, sizes)) {
      const own = rows.slice(start, end);
      const n = own.length;
      const image = new Uint8Array(n * IMAGE_SIZE ** 2 * 3);
      await writeShard(store.root, files, path, {
        image: toTensor(image, [n, IMAGE_SIZE, IMAGE_SIZE, 3]),
        label: toTensor(Int32Array.from(own, (row) => records.label(row)), [n]),
        record: toTensor(own, [n]),
        digest: toTensor(digestsOf(own), [n, 32]),
      });
    }
  }
}

if (import.meta.main) {
  const [directory, given, first] = Deno.args;
  const count = Number(given);
  const photos = join(directory!, "photos");
  const work = join(directory!, "work");
  const store = new FileStore(work);
  // deno-lint-ignore no-console
  const print = console.log;
  const isThere = await Deno.stat(photos).then(() => true, () => false);
  if (!isThere) await linkPhotos(photos, count);
  print(`| ${count} photos | seconds | CPU seconds | peak MB |`);
  print("| --- | --- | --- | --- |");
  const measure = (
    name: string,
    task: Parameters<typeof measureTask>[0],
    ...flags: string[]
  ) =>
  async () => {
    const run = await measureTask(task, [`--work=${work}`, ...flags]);
    const numbers = [
      ...[run.seconds, run.cpuSeconds ?? NaN],
      (run.peakBytes ?? NaN) / 1e6,
    ];
    print(`| ${[name, ...numbers.map((n) => n.toFixed(0))].join(" | ")} |`);
  };
  const settings = [`--image-size=${IMAGE_SIZE}`, `--shard-size=${SHARD_SIZE}`];
  const data = ["--index", `--data=${photos}`, ...settings];
  const steps = [
    measure("index, a part of 4096", "prepare", ...data, "--part=4095/4096"),
    () => writeOpened(store, count),
    measure("index, seal", "prepare", "--index", "--seal"),
    measure("plan of the tensors", "prepare", NO_SHARD),
    () => writeTensors(store),
    measure("tensors, seal", "prepare", "--seal"),
    measure("status", "status"),
  ];
  for (const step of steps.slice(Number(first ?? 0))) await step();
}
