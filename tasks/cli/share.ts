/**
 * Work that several machines share: the flags `--part` and `--seal`, and what is said of
 * it.
 */

import type { Config, Part, PartResult, SealResult, Stage } from "../../mod.ts";
import { findPart, formatPart, parsePart } from "../../pipeline/shards/part.ts";
import { callOf } from "./call.ts";
import { UsageError } from "./flags.ts";
import { openWork } from "./stage_task.ts";
import type { ParsedFlags } from "./parse_flags.ts";
import { formatDuration } from "./progress.ts";
import type { TaskContext } from "./run_task.ts";
import { count } from "./words.ts";

/** What a task does of shared work. */
export type ShareRole = { part: Part; by?: string } | "seal";

/** Reads a variable of the environment, where the task may. */
function readVariable(name: string): string | undefined {
  const query = { name: "env", variable: name } as const;
  return Deno.permissions.querySync(query).state === "granted"
    ? Deno.env.get(name)
    : undefined;
}

/**
 * Reads what a task does of shared work, from its flags or from the scheduler.
 *
 * @param env Returns the value of a variable of the environment.
 * @returns A part or the sealing; `undefined` if it does the whole.
 * @throws {ConfigError} If the part is none.
 * @throws {UsageError} If the flags do not go together.
 */
export function readRole(
  { part, seal }: ParsedFlags["values"],
  env: (name: string) => string | undefined = readVariable,
): ShareRole | undefined {
  if (seal === true && part !== undefined) {
    throw new UsageError(
      "Cannot seal a part: give --seal when all parts are done, without --part",
    );
  }
  if (seal === true) return "seal";
  if (part === "all") return undefined;
  if (typeof part === "string") return { part: parsePart(part) };
  return findPart(env);
}

/** Says which part it is, and how that is known. */
export function describePart(
  { part, by }: { part: Part; by?: string },
): string {
  const source = by ? ` by ${by}; --part all for the whole` : "";
  return `part ${formatPart(part)}${source}`;
}

/** What `--json` prints of shared work. */
export type ShareOutput =
  & ((Omit<PartResult, "part"> & { part: string }) | SealResult)
  & { seconds: number };

/**
 * Does a share of the work of a stage, and says what came of it.
 *
 * @param options The settings, for a first stage; the flags that name the stage; and the task after it.
 */
export async function runShare(
  context: TaskContext,
  stage: Stage,
  role: ShareRole,
  options: {
    task: string;
    settings?: Partial<Config>;
    nativeJpeg?: boolean;
    flags?: readonly string[];
    next: string;
  },
): Promise<ShareOutput> {
  const { run, reporter, signal, values, cache } = context;
  const { task, settings = {}, nativeJpeg, flags = [], next } = options;
  const started = Date.now();
  const create = flags.includes("index");
  const sweeps = role === "seal";
  using workspace = await openWork(context, { create, sweeps });
  const what = role === "seal" ? "seal" : describePart(role);
  reporter.line(`${task}: run "${run}" in ${workspace.root}, ${what}`);
  const { onEvent } = reporter;
  const how = { run, settings, signal, onEvent, cache, nativeJpeg };
  const seconds = () => (Date.now() - started) / 1000;
  const took = () => formatDuration(Date.now() - started);
  const { makePart, sealStage } = await import("../../pipeline/run/parts.ts");
  if (role === "seal") {
    const result = await sealStage(workspace, stage, how);
    const shards = result.shards ? ` ${count(result.shards, "shard")} of` : "";
    reporter.line(
      `  sealed${shards} ${stage.name} in ${took()}. Next: ${
        callOf(next, values)
      }`,
    );
    return { ...result, seconds: seconds() };
  }
  const result = await makePart(workspace, stage, { ...how, part: role.part });
  const part = formatPart(role.part);
  const seal = callOf(task, { ...values, seal: true }, [...flags, "seal"]);
  reporter.line(
    result.isSealed
      ? `  nothing to do: ${stage.name} is complete`
      : `  part ${part} of ${stage.name}: ${
        count(result.shards, "shard")
      }, ${result.made} made now, in ${took()}. When all parts are done: ${seal}`,
  );
  return { ...result, part, seconds: seconds() };
}
