/**
 * Embedding by 1, 2 and 4 workers of one core each, and by two hosts with a shared
 * folder: time beside the time that the simulation gives, and whether the bytes are
 * those of one process.
 *
 * Run it as `deno run -A tests/bench/workers.ts <directory> [engine] [width]`, on
 * Linux with two cores or more; as root, for the hosts. The backbone is a ResNet-101
 * of the width, 16 if it is not given, for photos of 224 pixels. The engine is `wasm`
 * if none is given: onnxruntime sets the affinity of its threads itself, so that
 * `cpu` does not stay on one core.
 *
 * @module
 */

import { fromFileUrl, join } from "@std/path";
import { simulate } from "../../pipeline/scaling/simulate.ts";
import { copyFolder, digestTree } from "../e2e/support.ts";
import { copyPhotos } from "./copy_photos.ts";
import { measureTask, runMeasured } from "./measured_task.ts";
import { benchGraph, encodeWeights } from "./network.ts";

/** Photos per shard: few, so that even a small run has shards to share. */
const SHARD_SIZE = 8;

/** Cores that workers are bound to, in turn. */
const CORES = 2;

/** The program that makes another host of a command. */
const AS_HOST = fromFileUrl(new URL("as_host.sh", import.meta.url));

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

/** Runs parts at the same time; returns the seconds until the last has ended. */
async function runParts(
  parts: readonly string[],
  work: string,
  engine: string,
  place: Place,
): Promise<number> {
  const started = performance.now();
  await Promise.all(parts.map((part, worker) => {
    const { folder, before } = place(worker);
    const [command, ...args] = [...before, ...EMBED];
    const flags = [`--work=${folder}/${work}`, `--engine=${engine}`];
    return runMeasured(command!, [...args, ...flags, `--part=${part}`]);
  }));
  return (performance.now() - started) / 1000;
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
    before: ["taskset", "--cpu-list", `${worker % CORES}`],
  });
  const asHost: Place = (worker) => ({
    folder: "/mnt",
    before: [AS_HOST, `host-${worker}`, `${worker % CORES}`, root],
  });
  /** Runs parts on a copy of what is prepared, seals, and digests all artifacts. */
  const embed = async (work: string, parts: string[], place: Place) => {
    await copyFolder(join(root, "prepared"), join(root, work));
    const seconds = await runParts(parts, work, engine, place);
    const seal = await measureTask("embed", [
      `--work=${join(root, work)}`,
      "--seal",
    ]);
    const digests = await digestTree(join(root, work, "artifacts"));
    const { shards } = seal.output as { shards: number };
    return { seconds, sealSeconds: seal.seconds, shards, digests };
  };
  await embed("warm", partsOf(1), onCore);
  const one = await embed("one", partsOf(1), onCore);
  // All shards but one, whose part makes it: the others are kept when it runs.
  await copyFolder(join(root, "prepared"), join(root, "first"));
  const first = await runParts([`0/${one.shards}`], "first", engine, onCore);
  const shardSeconds = (one.seconds - first) / (one.shards - 1);
  const startSeconds = first - shardSeconds;
  print(
    `${one.shards} shards of ${shardSeconds.toFixed(2)} s each, start ${
      startSeconds.toFixed(2)
    } s, seal ${one.sealSeconds.toFixed(2)} s`,
  );
  print("| workers | measured s | simulated s | speed-up | same bytes |");
  print("| --- | --- | --- | --- | --- |");
  const row = async (name: string, workers: number, place: Place) => {
    const parts = partsOf(workers);
    const result = await embed(name, parts, place);
    // Workers beyond the cores share them: each is so much slower.
    const share = Math.max(1, workers / CORES);
    const { seconds } = simulate({
      shards: one.shards,
      parts: workers,
      workers,
      shardSeconds: shardSeconds * share,
      startSeconds: startSeconds * share,
      spread: 0,
      interruptionsPerHour: 0,
      noticeSeconds: 0,
      requeueSeconds: 0,
      retries: 0,
      seed: 0,
    });
    const isSame =
      JSON.stringify(result.digests) === JSON.stringify(one.digests);
    const numbers = [result.seconds, seconds].map((n) => n.toFixed(1));
    const speedUp = (one.seconds / result.seconds).toFixed(2);
    print(`| ${[name, ...numbers, speedUp, isSame].join(" | ")} |`);
  };
  await row("1 worker", 1, onCore);
  await row("2 workers", 2, onCore);
  await row("4 workers", 4, onCore);
  if (Deno.uid() === 0) await row("2 hosts", 2, asHost);
}
