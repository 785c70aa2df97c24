/**
 * Load on a server: a photo, again and again, on several connections.
 *
 * Arguments: address of the request, connections, seconds, path of the photo.
 * Prints what came back as a line of JSON.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import process from "node:process";
import autocannon from "autocannon";

const [url, connections, seconds, photo] = Deno.args;

/** Milliseconds that answers took. */
const times: number[] = [];

/** Answers by status. */
const statuses: Record<string, number> = {};

const load = autocannon({
  url: url!,
  method: "POST",
  headers: { "content-type": "image/jpeg" },
  body: Buffer.from(await Deno.readFile(photo!)),
  connections: Number(connections),
  duration: Number(seconds),
  timeout: 60,
});
load.on(
  "response",
  (_: unknown, status: number, __: number, milliseconds: number) => {
    times.push(milliseconds);
    statuses[status] = (statuses[status] ?? 0) + 1;
  },
);
/** Requests without an answer, by what went wrong. */
const failures: Record<string, number> = {};
load.on("reqError", ({ code, message }: Error & { code?: string }) => {
  const reason = code ?? message;
  failures[reason] = (failures[reason] ?? 0) + 1;
});
const { errors, timeouts, duration } = await load;
times.sort((a, b) => a - b);
/** Returns the time that a share of the answers did not exceed. */
const quantile = (share: number) =>
  times[Math.max(0, Math.ceil(share * times.length) - 1)] ?? null;
const result = {
  seconds: duration,
  answers: times.length,
  statuses,
  errors: errors + timeouts,
  failures,
  p50: quantile(0.5),
  p95: quantile(0.95),
  p99: quantile(0.99),
};
await new Promise((resolve) =>
  process.stdout.write(`${JSON.stringify(result)}\n`, resolve)
);
// Connections may still be open.
Deno.exit(0);
