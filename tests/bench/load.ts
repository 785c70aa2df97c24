/**
 * `deno task bench:load`: the server under load, beside the least server that runs
 * the same graph in onnxruntime-node.
 *
 * Both get the same photo by autocannon on loopback, one after the other, so that
 * what slows the machine down slows both. Then comes a flood beyond the queue.
 *
 * @module
 */

// deno-lint-ignore-file no-console

import { parseArgs } from "@std/cli/parse-args";
import { fromFileUrl } from "@std/path";
import { tempDir } from "../support/temp_dir.ts";
import {
  type LoadedModel,
  type LoadedServer,
  type LoadResult,
  sendLoad,
  startLeast,
  startOurs,
  trainModel,
} from "./load_server.ts";
import { median, pairRatios } from "./statistics.ts";

const HELP = `Usage: deno task bench:load [flags]

Flags:
  --seconds N         Duration of each measurement (60)
  --rounds N          Measurements of each, in turn (1)
  --connections LIST  Connections (1,8,64)
  --backbones LIST    tiny, full (tiny,full)
  --flood N           Connections of the flood; its queue has 64 photos (512)
  --photo FILE        A JPEG (one of the embedded photos)`;

/** Where no photo is named. */
const PHOTO = fromFileUrl(
  new URL("../../fixtures/images/val/coin/coin_22.jpg", import.meta.url),
);

/** What is measured. */
interface LoadOptions {
  seconds: number;
  rounds: number;
  connections: number[];
  photo: string;
}

/** Photos that were answered a second. */
function rate({ statuses, seconds }: LoadResult): number {
  return (statuses[200] ?? 0) / seconds;
}

/** Writes megabytes. */
function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}

/** Prints what came of a measurement. */
function show(
  { name }: LoadedServer,
  connections: number,
  result: LoadResult,
  memory: readonly number[],
): void {
  const { p50, p95, p99, errors, failures, statuses } = result;
  const others = Object.entries(statuses)
    .filter(([status]) => status !== "200")
    .map(([status, count]) => `${count} of ${status}`);
  const reasons = Object.entries(failures)
    .map(([reason, count]) => `${count} ${reason}`);
  console.log([
    name.padEnd(17),
    `${connections}`.padStart(3),
    `${rate(result).toFixed(1)}/s`.padStart(9),
    ...[p50, p95, p99].map((time) => `${time?.toFixed(1)} ms`.padStart(10)),
    `${errors} errors`,
    ...reasons,
    ...others,
    memory.map(megabytes).join(" to "),
  ].join("  "));
}

/** Loads both servers in turn; prints the ratio of their rates. */
async function compare(
  servers: readonly [LoadedServer, LoadedServer],
  options: LoadOptions,
): Promise<void> {
  const { connections, seconds, photo, rounds } = options;
  for (const count of connections) {
    const rates: [number[], number[]] = [[], []];
    for (let round = 0; round < rounds; round++) {
      for (const [i, server] of servers.entries()) {
        const before = await server.memory();
        const load = { connections: count, seconds, photo };
        const result = await sendLoad(server, load);
        show(server, count, result, [before, await server.memory()]);
        rates[i]!.push(rate(result));
      }
    }
    const ratio = median(pairRatios(...rates));
    console.log(`  ${count} connections: ${ratio.toFixed(2)} times the rate`);
  }
}

/** Sends more than the queue holds, then asks until there is an answer. */
async function flood(
  model: LoadedModel,
  connections: number,
  options: LoadOptions,
): Promise<void> {
  await using server = await startOurs(model, ["--queue", "64"]);
  const { photo } = options;
  const seconds = Math.min(10, options.seconds);
  const before = await server.memory();
  const result = await sendLoad(server, { connections, seconds, photo });
  show(server, connections, result, [before, await server.memory()]);
  const started = performance.now();
  const body = await Deno.readFile(photo);
  const statuses: number[] = [];
  while (statuses.at(-1) !== 200) {
    const response = await fetch(server.url, { method: "POST", body });
    await response.body?.cancel();
    statuses.push(response.status);
    const seconds = Number(response.headers.get("retry-after") ?? 0);
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  }
  const took = performance.now() - started;
  console.log(
    `  after the flood: ${statuses.join(", ")} in ${took.toFixed(0)} ms`,
  );
}

/** Measures with one backbone. */
async function measure(
  backbone: string,
  floodConnections: number,
  options: LoadOptions,
): Promise<void> {
  await using directory = await tempDir();
  const model = await trainModel(directory.path, backbone === "full");
  console.log(`backbone ${backbone}`);
  {
    await using ours = await startOurs(model, []);
    await using least = await startLeast(model);
    await compare([ours, least], options);
  }
  await flood(model, floodConnections, options);
}

if (import.meta.main) {
  const flags = parseArgs(Deno.args, {
    boolean: ["help"],
    string: [
      "seconds",
      "rounds",
      "connections",
      "backbones",
      "flood",
      "photo",
    ],
  });
  if (flags.help) console.log(HELP);
  else {
    for (const backbone of (flags.backbones ?? "tiny,full").split(",")) {
      await measure(backbone, Number(flags.flood ?? 512), {
        seconds: Number(flags.seconds ?? 60),
        rounds: Number(flags.rounds ?? 1),
        connections: (flags.connections ?? "1,8,64").split(",").map(Number),
        photo: flags.photo ?? PHOTO,
      });
    }
  }
}
