/**
 * A real Slurm of one node, for tests.
 *
 * @module
 */

import { fromFileUrl, join } from "@std/path";
import { tempDir } from "../support/temp_dir.ts";

const SCRIPT = fromFileUrl(new URL("slurm_node.sh", import.meta.url));

/** The programs that it takes. */
const PROGRAMS = ["slurmctld", "slurmd", "sbatch", "munged", "runuser"];

/** Whether it can be started here: the programs, and root. */
export async function hasSlurm(): Promise<boolean> {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) return false;
  const { success } = await new Deno.Command("sh", {
    args: ["-c", PROGRAMS.map((name) => `command -v ${name}`).join(" && ")],
    stdout: "null",
  }).output();
  return success;
}

/** Returns a port that nobody listens to. */
function freePort(): string {
  using listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  return String(listener.addr.port);
}

/** Runs a program that must succeed, and returns what it prints. */
async function run(
  command: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<string> {
  const output = await new Deno.Command(command, {
    args: [...args],
    env,
    stdin: "null",
  }).output();
  const [stdout, stderr] = [output.stdout, output.stderr]
    .map((bytes) => new TextDecoder().decode(bytes).trim());
  if (output.success) return stdout!;
  throw new Error(`${command} ${args.join(" ")}: ${stderr}`);
}

/** Waits until something holds; fails after five minutes. */
export async function until(
  what: string,
  holds: () => Promise<boolean>,
): Promise<void> {
  const end = performance.now() + 300_000;
  while (!await holds()) {
    if (performance.now() > end) throw new Error(`${what} did not happen`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Starts a controller and a node; they are stopped when it is disposed of. */
export async function startSlurm() {
  const folder = await tempDir();
  const env: Record<string, string> = { SLURM_CONF: folder.join("slurm.conf") };
  await run(SCRIPT, ["start", folder.path, freePort(), freePort()]);
  const call = (command: string, ...args: string[]) => run(command, args, env);
  /** State of a job: of an array's task as `7_2`. */
  const stateOf = (job: string) =>
    call("squeue", "-ht", "all", "-o", "%T", "-j", job);
  return {
    /** Variables that jobs and commands get. */
    env,
    call,
    stateOf,
    /** Waits until a job has ended, and returns how. */
    async end(job: string): Promise<string> {
      const isOver = async () =>
        !/PENDING|RUNNING|COMPLETING/.test(await stateOf(job));
      await until(`the end of job ${job}`, isOver);
      return await stateOf(job);
    },
    /**
     * Starts a job now that was queued again: Slurm lets it wait for two minutes.
     *
     * A node refuses a start from the second in which it ended the one before
     * (`slurm_cred_revoked()` in Slurm's `slurm_cred.c`), and the job fails.
     */
    async startQueued(job: string) {
      const second = () => Math.floor(Date.now() / 1000);
      const ended = second();
      await until("the next second", () => Promise.resolve(second() > ended));
      await call("scontrol", "update", `JobId=${job}`, "StartTime=now");
    },
    /** Stops the daemon of the node; jobs go on. */
    async stopDaemon() {
      const pid = Number(await Deno.readTextFile(folder.join("d.pid")));
      Deno.kill(pid, "SIGTERM");
      const isGone = () =>
        Deno.stat(join("/proc", `${pid}`)).then(() => false, () => true);
      await until("the end of the daemon", isGone);
    },
    startDaemon: () => call("slurmd", "-f", env.SLURM_CONF!),
    async [Symbol.asyncDispose]() {
      await run(SCRIPT, ["stop", folder.path]);
      await folder[Symbol.asyncDispose]();
    },
  };
}
