/**
 * The program that `deno task build` makes: it predicts with the run that travels
 * with it, and serves it.
 */

import { fromFileUrl } from "../pipeline/path.ts";
import { printable } from "../pipeline/shown_text.ts";
import { narrowWorkers } from "../pipeline/workers/permissions.ts";
import { runTask, type Task } from "./cli/run_task.ts";
import { PREDICT } from "./predict.ts";
import { SERVE } from "./serve.ts";

/** The packed run. */
const MODEL = fromFileUrl(new URL("../model", import.meta.url));

/** Name of the program, as the start script passes it on. */
const PROGRAM = Deno.env.get("HEADSTART_PROGRAM") ?? "headstart";

/** What it can do. */
const TASKS: readonly Task[] = [PREDICT, SERVE];

/** Returns the name of the packed run. */
function packedRun(): string {
  for (const { name } of Deno.readDirSync(`${MODEL}/runs`)) return name;
  throw new Error(`Cannot find the run of this program in "${MODEL}"`);
}

/** Says how the program is used. */
function renderUsage(): string {
  const lines = TASKS.map(({ name, summary }) =>
    `  ${PROGRAM} ${name.padEnd(9)}${summary.split(/[:.]\s/)[0]}`
  );
  return `Usage:\n${lines.join("\n")}\n\nEach has --help.\n`;
}

/** Prints text. */
function write(stream: typeof Deno.stdout, text: string): void {
  stream.writeSync(new TextEncoder().encode(text));
}

/** Runs what the first argument names. */
async function main([name = "--help", ...args]: string[]): Promise<void> {
  const task = TASKS.find((task) => task.name === name);
  if (task) {
    // What is given after wins.
    const own = ["--work", MODEL, "--run", packedRun()];
    await runTask({ ...task, program: PROGRAM }, [...own, ...args]);
    return;
  }
  if (name === "--help") return write(Deno.stdout, renderUsage());
  const names = TASKS.map(({ name }) => name).join(" or ");
  const message = `Cannot run "${printable(name)}" as it must be ${names}`;
  write(Deno.stderr, `error: ${message}\n${renderUsage()}`);
  Deno.exitCode = 2;
}

if (import.meta.main) {
  narrowWorkers();
  await main(Deno.args);
}
