/**
 * `deno task build`: one executable that predicts with a run and serves it, without
 * Deno or network.
 */

import { basename, dirname, join } from "../pipeline/path.ts";
import { makeAppFolder, readTarget, type Target } from "./build/app_folder.ts";
import {
  compileExecutable,
  completeFolder,
  packExecutable,
} from "./build/executable_file.ts";
import { compareWithRun, type SameAnswers } from "./build/same_answers.ts";
import { refuseValue, UsageError } from "./cli/flags.ts";
import { readWork } from "./cli/stage_task.ts";
import { runTask, type Task, type TaskContext } from "./cli/run_task.ts";
import { resolveUserPath } from "./cli/user_path.ts";
import { count } from "./cli/words.ts";

/** What can be built. */
const FORMS = ["auto", "compiled", "packed", "folder"] as const;

/** What can be built: `auto` compiles, or packs where that cannot be. */
type Form = typeof FORMS[number];

/** What to build, and where. */
interface Plan {
  form: Form;
  /** The machine that it is for. */
  target: Target;
  /** Absolute path of the executable or folder. */
  out: string;
  /** Absolute path of the Deno that is packed. */
  deno: string;
}

/** Reads what is wanted. */
async function readPlan({ values }: TaskContext): Promise<Plan> {
  if (typeof values.out !== "string") {
    throw new UsageError("Cannot build without --out");
  }
  const out = resolveUserPath(values.out);
  if (await Deno.lstat(out).catch(() => undefined)) {
    throw new UsageError(
      `Cannot build "${out}" as there is something already: remove it, or give another --out`,
    );
  }
  const { form: asked = "auto" } = values;
  const form = FORMS.find((form) => form === asked) ??
    refuseValue("form", `it must be one of ${FORMS.join(", ")}`, asked);
  const triple = String(values.target ?? Deno.build.target);
  const rule =
    "it must be a machine that Deno has executables for, such as aarch64-unknown-linux-gnu";
  const target = readTarget(triple) ?? refuseValue("target", rule, triple);
  const isHere = triple === Deno.build.target;
  if (!isHere && form !== "compiled" && typeof values.deno !== "string") {
    throw new UsageError(
      `Cannot pack for ${triple} without --deno FILE, the Deno of that machine; or use --form compiled`,
    );
  }
  if (target.os === "win32" && form !== "compiled") {
    throw new UsageError("Cannot pack for Windows: use --form compiled");
  }
  const deno = typeof values.deno === "string"
    ? resolveUserPath(values.deno)
    : Deno.execPath();
  return { form, target, out, deno };
}

/** Returns why `deno compile` failed: the second of its causes says most. */
function findReason({ message }: Error): string {
  const causes = [...message.matchAll(/^\s+\d+: (.*)$/gm)];
  return (causes[1] ?? causes[0])?.[1] ?? message;
}

/** Builds the executable in a folder for it; returns its path and form. */
async function build(
  plan: Plan,
  scratch: string,
  note: (text: string) => void,
): Promise<{ path: string; form: Exclude<Form, "auto"> }> {
  const { form, target, deno } = plan;
  const folder = join(scratch, "folder");
  const path = join(scratch, "executable");
  if (form === "auto" || form === "compiled") {
    try {
      await compileExecutable(join(folder, "app"), path, target);
      return { path, form: "compiled" };
    } catch (error) {
      const reason = findReason(error as Error);
      if (form === "compiled") {
        throw new Error(
          `Cannot compile as deno compile failed; where its runtime cannot be fetched, set DENORT_BIN to the path of one: ${reason}`,
        );
      }
      note(`deno compile cannot: ${reason}`);
      note("Deno itself is packed instead");
    }
  }
  await completeFolder(folder, deno);
  if (form === "folder") return { path: folder, form };
  await packExecutable(folder, path);
  return { path, form: "packed" };
}

/** Builds an executable, and checks it. */
async function runBuild(context: TaskContext): Promise<object> {
  const { work, run, cache, reporter, signal } = context;
  const plan = await readPlan(context);
  const workspace = await readWork(context);
  const options = { run, cache, signal, onEvent: reporter.onEvent };
  reporter.line(`build: run "${run}" in ${work} for ${plan.target.triple}`);
  const parent = dirname(plan.out);
  await Deno.mkdir(parent, { recursive: true });
  const prefix = `incomplete.${basename(plan.out)}.`;
  const scratch = await Deno.makeTempDir({ dir: parent, prefix });
  try {
    const app = join(scratch, "folder", "app");
    await makeAppFolder(app, plan.target);
    const { packRun } = await import("../pipeline/classify/pack_run.ts");
    await packRun(workspace, join(app, "model"), options);
    const { path, form } = await build(
      plan,
      scratch,
      (text) => reporter.note(text),
    );
    signal.throwIfAborted();
    let answers: SameAnswers | null = null;
    if (plan.target.triple === Deno.build.target) {
      const program = form === "folder" ? join(path, "headstart") : path;
      answers = await compareWithRun(program, workspace, options);
      reporter.note(
        `same answers on ${
          count(answers.photos, "photo")
        }, probabilities within ${answers.largestDifference.toExponential(1)}`,
      );
    } else reporter.note("not tried: it is for another machine");
    await Deno.remove(join(scratch, "folder", "cache"), { recursive: true })
      .catch(() => {});
    await Deno.rename(path, plan.out);
    reporter.line(`  built ${plan.out} (${form})`);
    return { out: plan.out, form, target: plan.target.triple, answers };
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
}

export const BUILD: Task = {
  name: "build",
  summary:
    "Builds one executable that predicts with a run and serves it, without Deno or network.\nThe executable is then run, and the task fails if its answers differ from those of the\nrun.",
  run: runBuild,
};

if (import.meta.main) await runTask(BUILD);
