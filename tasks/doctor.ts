/**
 * `deno task doctor`: what this machine can do.
 *
 * @module
 */

import { type EngineProbe, probeEngines } from "../mod.ts";
import { WORK_FLAG } from "./cli/flags.ts";
import { runTask, type Task, type TaskContext } from "./cli/run_task.ts";

/** What `--json` prints. */
interface DoctorOutput {
  deno: string;
  v8: string;
  system: string;
  cores: number;
  engines: EngineProbe[];
  packages: Record<string, string>;
  isWritable: boolean;
}

/** Reads the package versions that `deno.json` pins. */
async function readPackages(): Promise<Record<string, string>> {
  const url = new URL("../deno.json", import.meta.url);
  const { imports } = JSON.parse(await Deno.readTextFile(url));
  const pinned = Object.values(imports as Record<string, string>)
    .map((specifier) => /^npm:(@?[^@]+)@([^/]+)/.exec(specifier)!);
  return Object.fromEntries(pinned.map(([, name, version]) => [name, version]));
}

/** Says whether files can be written to the work directory. */
async function probeDisk(work: string): Promise<boolean> {
  try {
    await Deno.mkdir(work, { recursive: true });
    const path = await Deno.makeTempFile({ dir: work });
    await Deno.remove(path);
    return true;
  } catch {
    return false;
  }
}

/** Looks at the machine. */
async function runDoctor(context: TaskContext): Promise<DoctorOutput> {
  const { reporter, work } = context;
  const { deno, v8 } = Deno.version;
  const { os, arch } = Deno.build;
  const output: DoctorOutput = {
    deno,
    v8,
    system: `${os} ${arch}`,
    cores: navigator.hardwareConcurrency,
    engines: await probeEngines(),
    packages: await readPackages(),
    isWritable: await probeDisk(work),
  };
  const { system, cores, isWritable, engines, packages } = output;
  reporter.line(`deno ${deno} (V8 ${v8}) on ${system}, ${cores} cores`);
  reporter.line(
    `work directory ${work}: ${isWritable ? "writable" : "NOT writable"}`,
  );
  for (const { name, isAvailable, description, reason, limits } of engines) {
    const state = isAvailable ? "available" : "not available";
    const details = [description, reason].filter(Boolean).join("; ");
    reporter.line(`engine ${name}: ${state}${details && ` (${details})`}`);
    for (const [limit, value] of Object.entries(limits ?? {})) {
      reporter.line(`  ${limit}: ${value}`);
    }
  }
  for (const [name, version] of Object.entries(packages)) {
    reporter.line(`package ${name} ${version}`);
  }
  return output;
}

/** The task. */
export const DOCTOR: Task = {
  name: "doctor",
  summary:
    "Shows what this machine can do: Deno, engines and why one is not to be had, the\nadapter's limits, whether the work directory can be written, package versions.",
  flags: [WORK_FLAG],
  run: runDoctor,
};

if (import.meta.main) await runTask(DOCTOR);
