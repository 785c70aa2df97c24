/** `deno task serve`: the head of a run, for browsers and programs. */

import type {
  LogEntry,
  PipelineEvent,
  ServeLimits,
  ServeOptions,
} from "../mod.ts";
import { DEFAULT_PORT } from "../pipeline/serve/limits.ts";
import { isLocation } from "../pipeline/s3/location.ts";
import { refuseValue, UsageError } from "./cli/flags.ts";
import {
  readCount,
  readEngine,
  readTemperature,
  readThreshold,
} from "./cli/flag_values.ts";
import { readWork } from "./cli/stage_task.ts";
import { runTask, type Task, type TaskContext } from "./cli/run_task.ts";
import { resolveUserPath } from "./cli/user_path.ts";
import { writeOutput } from "./cli/write.ts";

/** Environment variable that holds the token. */
const TOKEN_VARIABLE = "HEADSTART_TOKEN";

/** Longest time of a request, in seconds: a day. */
const MOST_SECONDS = 86_400;

/** Fewest characters of a token. */
const LEAST_TOKEN = 16;

/** Writes the log on standard error, one JSON object per line. */
function openLog(quiet: boolean): (entry: LogEntry) => void {
  const encoder = new TextEncoder();
  return (entry) => {
    if (quiet && entry.level !== "error") return;
    const line = JSON.stringify({ time: new Date().toISOString(), ...entry });
    Deno.stderr.writeSync(encoder.encode(`${line}\n`));
  };
}

/** Reads a list of words between commas. */
function readList(
  values: TaskContext["values"],
  name: string,
  isValid: (word: string) => boolean,
  wanted: string,
): string[] | undefined {
  const text = values[name];
  if (typeof text !== "string") return undefined;
  const words = text.split(",").map((word) => word.trim()).filter(Boolean);
  if (words.length > 0 && words.every(isValid)) return words;
  return refuseValue(name, `it must be ${wanted}, between commas`, text);
}

/** Whether a text is a host as a browser asks for it, without a port. */
function isHost(text: string): boolean {
  return /^([\w.-]+|\[[\da-f:.]+\])$/i.test(text);
}

/** Whether a text is what browsers send as the origin of a page, or of an extension. */
function isOrigin(text: string): boolean {
  const url = URL.parse(text);
  return text === `${url?.protocol}//${url?.host}`;
}

/** Reads the address to listen on: one that this program may use. */
function readAddress(
  { listen }: TaskContext["values"],
  port = DEFAULT_PORT,
): string | undefined {
  if (typeof listen !== "string") return undefined;
  const host = /^[^[].*:/.test(listen) ? `[${listen}]` : listen;
  try {
    const query = { name: "net", host: `${host}:${port}` } as const;
    const { state } = Deno.permissions.querySync(query);
    if (state === "granted") return listen;
  } catch {
    // It is no address.
  }
  const wanted =
    "it must be an address that Deno lets this program listen on: 127.0.0.1, localhost, [::1], 0.0.0.0 or [::]";
  return refuseValue("listen", wanted, listen);
}

/** Reads a file that a flag names. */
async function readNamed(
  values: TaskContext["values"],
  name: string,
): Promise<string | undefined> {
  const path = values[name];
  if (typeof path !== "string") return undefined;
  try {
    return await Deno.readTextFile(resolveUserPath(path));
  } catch (cause) {
    const message = `Cannot use --${name} as "${path}" cannot be read`;
    throw new UsageError(message, { cause });
  }
}

/** Reads the token, from a file or the environment. */
async function readToken(
  values: TaskContext["values"],
): Promise<string | undefined> {
  const text = await readNamed(values, "token-file") ??
    Deno.env.get(TOKEN_VARIABLE);
  const token = text?.trim();
  if (token === undefined) return undefined;
  if (/[^ -~]/.test(token)) {
    throw new UsageError(
      "Cannot use the token as a header takes only one line of ASCII: it has other characters",
    );
  }
  if (token.length >= LEAST_TOKEN) return token;
  throw new UsageError(
    `Cannot use the token as it must have at least ${LEAST_TOKEN} characters: it has ${token.length}`,
  );
}

/** Reads certificate and key. */
async function readTls(
  values: TaskContext["values"],
): Promise<ServeOptions["tls"]> {
  const [cert, key] = [
    await readNamed(values, "cert"),
    await readNamed(values, "key"),
  ];
  if (cert === undefined && key === undefined) return undefined;
  if (cert !== undefined && key !== undefined) {
    const kinds = { certificate: ["cert", cert], "private key": ["key", key] };
    for (const [kind, [name, text]] of Object.entries(kinds)) {
      if (text!.includes(`${kind.toUpperCase()}-----`)) continue;
      refuseValue(
        name!,
        `the file must hold a ${kind} in PEM`,
        `${values[name!]}`,
      );
    }
    return { cert, key };
  }
  throw new UsageError("Cannot use TLS as both --cert and --key are needed");
}

/** Reads the limits that are given. */
function readLimits(values: TaskContext["values"]): Partial<ServeLimits> {
  const numbers = {
    bodyBytes: [readCount(values, "max-body"), 2 ** 20],
    pixels: [readCount(values, "max-pixels"), 1e6],
    queuedPhotos: [readCount(values, "queue"), 1],
    requestMs: [readCount(values, "timeout", 1, MOST_SECONDS), 1000],
  } as const;
  return Object.fromEntries(
    Object.entries(numbers).flatMap(([name, [value, unit]]) =>
      value === undefined ? [] : [[name, value * unit]]
    ),
  );
}

/** Serves until a signal comes. */
async function runServe(context: TaskContext): Promise<object> {
  const { values, signal } = context;
  if (isLocation(context.work)) {
    throw new UsageError(
      `Cannot serve from "${context.work}" as a server listens and connects to nothing: copy the work directory to this machine first, or build an executable`,
    );
  }
  const log = openLog(values.quiet === true);
  const onEvent = (event: PipelineEvent) => {
    if (event.type !== "engine") return;
    const { name, description } = event;
    log({ level: "info", event: "engine", name, description });
  };
  const { serve } = await import("../pipeline/serve/serve.ts");
  const port = readCount(values, "port", 0, 65_535);
  await using server = await serve(await readWork(context), {
    runs: readList(values, "run", () => true, "the name of a run or more"),
    address: readAddress(values, port),
    port,
    hosts: readList(
      values,
      "hosts",
      isHost,
      "host names without a scheme and a port",
    ),
    origins: readList(
      values,
      "origins",
      isOrigin,
      "origins such as https://example.org",
    ),
    token: await readToken(values),
    tls: await readTls(values),
    limits: readLimits(values),
    threshold: readThreshold(values),
    temperature: readTemperature(values),
    engine: readEngine(values),
    batchSize: readCount(values, "batch"),
    waitMs: readCount(values, "wait", 0, MOST_SECONDS * 1000),
    cache: context.cache,
    onEvent,
    log,
  }).catch((error) => {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    throw new Error(
      `Cannot listen on port ${
        port ?? DEFAULT_PORT
      } as another program does: give another --port, or 0 for any`,
    );
  });
  writeOutput(server.address);
  if (!signal.aborted) {
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
  }
  await server.stop();
  return {};
}

export const SERVE: Task = {
  name: "serve",
  summary:
    `Serves trained runs: a page to try photos, and POST /api/classify for programs.\nThe first line of standard output is the address; GET /openapi.json describes\nthe rest. The log is on standard error, one JSON object per line. A run that is trained\nanew is served as soon as it is complete. Ctrl-C or SIGTERM stops the server once the\nrequests it has accepted are answered.\nThe environment variable ${TOKEN_VARIABLE} may hold the token.`,
  printsLines: true,
  tellsStop: true,
  run: runServe,
};

if (import.meta.main) await runTask(SERVE);
