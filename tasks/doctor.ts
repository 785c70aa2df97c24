/** `deno task doctor`: what this machine can do. */

import { format } from "@std/fmt/bytes";
import type { DiskProbe, EngineProbe } from "../mod.ts";
import { isLocation } from "../pipeline/s3/location.ts";
import { UsageError } from "./cli/flags.ts";
import { runTask, type Task, type TaskContext } from "./cli/run_task.ts";

/** What `--json` prints. */
interface DoctorOutput {
  deno: string;
  v8: string;
  system: string;
  cores: number;
  engines: EngineProbe[];
  packages: Record<string, string>;
  disk: DiskProbe;
}

/** Reads the package versions that `deno.json` pins. */
async function readPackages(): Promise<Record<string, string>> {
  const url = new URL("../deno.json", import.meta.url);
  const { imports } = JSON.parse(await Deno.readTextFile(url));
  const pinned = Object.values(imports as Record<string, string>)
    .flatMap((specifier) => {
      const match = /^(?:npm|jsr):\/?(@?[^@]+)@([^/]+)/.exec(specifier);
      return match ? [[match[1], match[2]]] : [];
    });
  return Object.fromEntries(pinned);
}

/** Looks at the machine. */
async function runDoctor(context: TaskContext): Promise<DoctorOutput> {
  const { reporter, work } = context;
  if (isLocation(work)) {
    throw new UsageError(
      `Cannot examine "${work}" as doctor looks at this machine alone: the task status tells whether the store can be reached`,
    );
  }
  const { examineEngines } = await import("../pipeline/backends/probe.ts");
  const { probeDisk } = await import("../pipeline/run/workspace.ts");
  const { deno, v8 } = Deno.version;
  const { os, arch } = Deno.build;
  const output: DoctorOutput = {
    deno,
    v8,
    system: `${os} ${arch}`,
    cores: navigator.hardwareConcurrency,
    engines: await examineEngines(),
    packages: await readPackages(),
    disk: await probeDisk(work),
  };
  const { system, cores, disk, engines, packages } = output;
  reporter.line(`deno ${deno} (V8 ${v8}) on ${system}, ${cores} cores`);
  reporter.line(
    `work directory ${work}: ${
      disk.isWritable ? "writable" : "NOT writable"
    }, ${format(disk.freeBytes)} free`,
  );
  for (const { name, isAvailable, description, reason, limits } of engines) {
    const state = isAvailable
      ? `available, ${description}`
      : `not chosen by auto: ${reason}`;
    reporter.line(`engine ${name}: ${state}`);
    for (const [limit, value] of Object.entries(limits ?? {})) {
      reporter.line(`  ${limit}: ${value}`);
    }
  }
  for (const [name, version] of Object.entries(packages)) {
    reporter.line(`package ${name} ${version}`);
  }
  return output;
}

export const DOCTOR: Task = {
  name: "doctor",
  summary:
    "Shows what this machine can do: Deno, engines and why one is not available, limits\nof the GPU, the disk under the work directory, package versions.",
  run: runDoctor,
};

if (import.meta.main) await runTask(DOCTOR);
