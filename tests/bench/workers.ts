/**
 * Embedding by 1, 2 and 4 workers of one core each, and by two hosts with a shared
 * folder: time beside the time that the simulation gives, and whether the bytes are
 * those of one process.
 *
 * Run it as `deno run -A tests/bench/workers.ts <directory> [engine] [width]`, on
 * Linux with two cores or more; as root, for the hosts. The backbone is a ResNet-101
 * of the width, 16 if it is not given, for photos of 224 pixels. The engine is `wasm`
 * if none is given.
 *
 * Workers that share a core do not take twice as long, as each waits for the disk at
 * times: a phase takes the seconds of the core that all of them need, or as long as
 * for one that is alone. Those seconds are measured, too, so that a machine that has
 * other work gives times to compare.
 *
 * @module
 */

import { fromFileUrl, join } from "@std/path";
import type { Split } from "../../pipeline/dataset/split.ts";
import { simulate } from "../../pipeline/scaling/simulate.ts";
import { copyFolder, digestTree } from "../e2e/support.ts";
import { copyPhotos } from "./copy_photos.ts";
import { measureTask, runMeasured } from "./measured_task.ts";
import { benchGraph, encodeWeights } from "./network.ts";

/** Photos per shard: few, so that even a small run has shards to share. */
const SHARD_SIZE = 8;

/** More than there are. */
const MANY_SHARDS = 10_000;

/** Cores that workers are bound to, in turn. */
const CORES = 2;

/** The program that makes another host of a command. */
const AS_HOST = fromFileUrl(new URL("as_host.sh", import.meta.url));

/** The program that runs a command on one core. */
const ON_CORE = fromFileUrl(new URL("on_core.sh", import.meta.url));

/** The command of a part. */
const EMBED = [
  Deno.execPath(),
  "run",
  "--quiet",
  "-P=embed",
  "--v8-flags=--max-semi-space-size=2",
  "tasks/confined.ts",
  "embed",
  "--json",
];

/** A folder as a worker sees it, and what stands before its commands. */
type Place = (worker: number) => { folder: string; before: string[] };

/** Seconds until the last part has ended, and those that cores worked. */
interface Took {
  seconds: number;
  cpuSeconds: number;
}

/** Runs parts at the same time. */
async function runParts(
  parts: readonly string[],
  work: string,
  engine: string,
  place: Place,
): Promise<Took> {
  const started = performance.now();
  const runs = await Promise.all(parts.map((part, worker) => {
    const { folder, before } = place(worker);
    const [command, ...args] = [...before, ...EMBED];
    const flags = [`--work=${folder}/${work}`, `--engine=${engine}`];
    return runMeasured(command!, [...args, ...flags, `--part=${part}`]);
  }));
  const seconds = (performance.now() - started) / 1000;
  const cpuSeconds = runs.reduce((sum, run) => sum + run.cpuSeconds!, 0);
  return { seconds, cpuSeconds };
}

/** Lists the parts of a number of workers. */
function partsOf(workers: number): string[] {
  return Array.from({ length: workers }, (_, i) => `${i}/${workers}`);
}

if (import.meta.main) {
  const [directory, engine = "wasm", width = "16"] = Deno.args;
  const root = directory!;
  // deno-lint-ignore no-console
  const print = console.log;
  const weights = join(root, "weights.safetensors");
  await copyPhotos(join(root, "photos"), 1);
  await Deno.writeFile(weights, encodeWeights(benchGraph(+width, 224)));
  await measureTask("prepare", [
    `--data=${join(root, "photos")}`,
    `--work=${join(root, "prepared")}`,
    `--backbone=${weights}`,
    `--shard-size=${SHARD_SIZE}`,
  ]);
  const onCore: Place = (worker) => ({
    folder: root,
    before: [ON_CORE, `${worker % CORES}`],
  });
  const asHost: Place = (worker) => ({
    folder: "/mnt",
    before: [AS_HOST, `host-${worker}`, `${worker % CORES}`, root],
  });
  /** Runs parts on a copy of what is prepared, seals, and digests all artifacts. */
  const embed = async (work: string, parts: string[], place: Place) => {
    await copyFolder(join(root, "prepared"), join(root, work));
    const took = await runParts(parts, work, engine, place);
    const seal = await measureTask("embed", [
      `--work=${join(root, work)}`,
      "--seal",
    ]);
    const digests = await digestTree(join(root, work, "artifacts"));
    const { shards, counts } = seal.output as {
      shards: number;
      counts: Record<Split, number>;
    };
    const views = 2 * counts.train + counts.validation + counts.test;
    return { ...took, sealSeconds: seal.seconds, shards, views, digests };
  };
  /** Makes the first shard alone, which is one of so many parts. */
  const makeOne = async (work: string, shards: number) => {
    await copyFolder(join(root, "prepared"), join(root, work));
    return await runParts([`0/${shards}`], work, engine, onCore);
  };
  // So that no file is read for the first time below.
  await makeOne("warm", MANY_SHARDS);
  const one = await embed("one", partsOf(1), onCore);
  const first = await makeOne("first", one.shards);
  // That shard is one to train on, whose photos have two views.
  const own = 2 * SHARD_SIZE;
  const split = (all: number, few: number) => {
    const perView = (all - few) / (one.views - own);
    const shard = perView * one.views / one.shards;
    return { start: few - own * perView, shard };
  };
  const wall = split(one.seconds, first.seconds);
  const core = split(one.cpuSeconds, first.cpuSeconds);
  const tell = ({ start, shard }: typeof wall) =>
    `${start.toFixed(2)} s to start, ${shard.toFixed(3)} s a shard`;
  print(`${one.shards} shards, seal ${one.sealSeconds.toFixed(2)} s`);
  print(`a worker alone: ${tell(wall)}; of a core: ${tell(core)}`);
  print(
    "| workers | measured s | simulated s | measured s of a core | simulated s of a core | same bytes |",
  );
  print("| --- | --- | --- | --- | --- | --- |");
  const row = (name: string, workers: number, result: typeof one) => {
    const sharing = Math.max(1, workers / CORES);
    const time = (start: number, shard: number) =>
      simulate({
        shards: one.shards,
        parts: workers,
        workers,
        shardSeconds: shard,
        startSeconds: start,
        spread: 0,
        interruptionsPerHour: 0,
        noticeSeconds: 0,
        requeueSeconds: 0,
        retries: 0,
        seed: 0,
      }).seconds;
    const [start, shard] = [sharing * core.start, sharing * core.shard];
    const numbers = [
      result.seconds,
      time(Math.max(wall.start, start), Math.max(wall.shard, shard)),
      result.cpuSeconds / Math.min(workers, CORES),
      time(start, shard),
    ];
    const isSame =
      JSON.stringify(result.digests) === JSON.stringify(one.digests);
    const texts = numbers.map((n) => n.toFixed(1));
    print(`| ${[name, ...texts, isSame].join(" | ")} |`);
  };
  row("1 worker", 1, one);
  for (const workers of [2, 4]) {
    const result = await embed(`of-${workers}`, partsOf(workers), onCore);
    row(`${workers} workers`, workers, result);
  }
  if (Deno.uid() === 0) {
    row("2 hosts", 2, await embed("hosts", partsOf(2), asHost));
  }
}
