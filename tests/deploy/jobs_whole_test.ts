/**
 * The manifests of `deploy/kubernetes/` and the jobs of `deploy/aws-batch/`: their
 * commands, run as programs in an empty home, give the bytes of one program.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { parse } from "@std/yaml";
import { digestTree, PROJECT, runTask } from "../e2e/support.ts";
import { freshHome } from "../support/fresh_home.ts";
import { tempDir } from "../support/temp_dir.ts";

/** Steps in their order. */
const STEPS = [
  "index",
  "index-seal",
  "prepare",
  "prepare-seal",
  "embed",
  "embed-seal",
  "train",
  "eval",
];

/** Parts of the steps that are shared. */
const PARTS = 3;

/** Small photos, in shards of which every part has some. */
const SETTINGS = ["--image-size", "32", "--shard-size", "16"];

/** A job, as far as it matters here. */
interface Job {
  metadata: { name: string; labels: Record<string, string> };
  spec: {
    completionMode?: string;
    completions?: number;
    backoffLimitPerIndex?: number;
    template: {
      spec: {
        containers: {
          args: string[];
          env: { name: string; value: string }[];
        }[];
      };
    };
  };
}

/** Reads the manifest of a step. */
async function readJob(step: string): Promise<Job> {
  const path = join(PROJECT, `deploy/kubernetes/base/${step}.yaml`);
  return parse(await Deno.readTextFile(path)) as Job;
}

/** Reads a file of `deploy/`. */
function readDeploy(path: string): Promise<string> {
  return Deno.readTextFile(join(PROJECT, "deploy", path));
}

/** Runs a command of the container. */
async function runContainer(
  args: readonly string[],
  env: Record<string, string>,
): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", ...args],
    cwd: PROJECT,
    clearEnv: true,
    env: { ...env, DENO_WEBGPU_BACKEND: "metal" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  assertEquals(success, true, new TextDecoder().decode(stderr));
}

/** Digests of artifacts, by path. */
async function digestArtifacts(work: string): Promise<Record<string, string>> {
  const tree = Object.entries(await digestTree(work));
  return Object.fromEntries(
    tree.filter(([path]) => path.startsWith("artifacts/")),
  );
}

Deno.test("a manifest of Kubernetes says its number of parts twice, and the same", async () => {
  const { resources } = parse(
    await readDeploy("kubernetes/base/kustomization.yaml"),
  ) as { resources: string[] };
  assertEquals(resources, STEPS.map((step) => `${step}.yaml`));
  const script = await readDeploy("kubernetes/run.sh");
  assertEquals(script.includes(`in ${STEPS.join(" ")}; do`), true);
  for (const step of STEPS) {
    const { metadata: { name, labels }, spec } = await readJob(step);
    assertEquals([name, labels.step], [`headstart-${step}`, step]);
    const [container] = spec.template.spec.containers;
    const { name: variable, value } = container!.env[0]!;
    const isArray = ["index", "prepare", "embed"].includes(step);
    const found = [labels.kind, spec.completionMode, spec.backoffLimitPerIndex];
    assertEquals(
      found,
      isArray ? ["array", "Indexed", 3] : [
        ...["one", undefined, undefined],
      ],
    );
    // Overlays replace the first variable.
    if (!isArray) continue;
    assertEquals([variable, value], ["JOB_COMPLETIONS", `${spec.completions}`]);
  }
});

Deno.test("the jobs of Kubernetes give the bytes of one program", async () => {
  await using directory = await tempDir();
  const [work, one] = [directory.join("work"), directory.join("one")];
  const home = await freshHome(directory.path);
  const settings = {
    HEADSTART_WORK: work,
    HEADSTART_DATA: join(PROJECT, "fixtures/images"),
  };
  for (const step of STEPS.slice(0, STEPS.indexOf("train"))) {
    const { spec } = await readJob(step);
    const [container] = spec.template.spec.containers;
    const { args, env: own } = container!;
    const variables: Record<string, string> = {
      ...home,
      ...settings,
      ...Object.fromEntries(own.map(({ name, value }) => [name, value])),
    };
    const command = args.map((arg) =>
      arg.replace(/\$\((\w+)\)/g, (_, name: string) => variables[name]!)
    );
    if (step === "index") command.push(...SETTINGS);
    const isArray = spec.completionMode === "Indexed";
    await Promise.all(
      Array.from(
        { length: isArray ? PARTS : 1 },
        (_, i) =>
          runContainer(command, {
            ...variables,
            ...isArray &&
              { JOB_COMPLETION_INDEX: `${i}`, JOB_COMPLETIONS: `${PARTS}` },
          }),
      ),
    );
  }
  const data = ["--data", settings.HEADSTART_DATA, "--work", one];
  for (const [task, ...args] of [["prepare", ...SETTINGS, ...data]]) {
    const { code, stderr } = await runTask(task!, args);
    assertEquals(code, 0, stderr);
  }
  const embedded = await runTask("embed", ["--work", one]);
  assertEquals(embedded.code, 0, embedded.stderr);
  assertEquals(await digestArtifacts(work), await digestArtifacts(one));
});

Deno.test("the jobs of AWS Batch follow each other, with the commands of the container", async () => {
  await using directory = await tempDir();
  const log = directory.join("calls.jsonl");
  // Stands for the command line of AWS: writes down what it is given.
  await Deno.writeTextFile(
    directory.join("aws"),
    `#!/usr/bin/env python3
import json, sys
with open("${log}", "a+") as log:
    log.write(json.dumps(sys.argv[1:]) + "\\n")
    log.seek(0)
    print("job-%d" % len(log.readlines()))
`,
    { mode: 0o755 },
  );
  const { stdout, success } = await new Deno.Command(
    join(PROJECT, "deploy/aws-batch/submit.sh"),
    {
      args: ["long", "8", "/shared/my work", "--data", "/shared/photos"],
      env: { PATH: `${directory.path}:${Deno.env.get("PATH")}` },
    },
  ).output();
  assertEquals(success, true);
  assertEquals(
    new TextDecoder().decode(stdout).trim().split("\n"),
    STEPS.map((step, i) =>
      `job-${i + 1} ${step} ${/^(index|prepare|embed)$/.test(step) ? 8 : 1}`
    ),
  );
  const calls: string[][] = (await Deno.readTextFile(log)).trim().split("\n")
    .map((line) => JSON.parse(line));
  const valueOf = (call: string[], flag: string) =>
    call.includes(flag) ? call[call.indexOf(flag) + 1] : undefined;
  assertEquals(
    calls.map((call) => valueOf(call, "--depends-on")),
    STEPS.map((_, i) => i === 0 ? undefined : `jobId=job-${i}`),
  );
  const commands = calls.map((call) =>
    JSON.parse(valueOf(call, "--container-overrides")!).command as string[]
  );
  const work = ["--work", "/shared/my work"];
  assertEquals(commands, [
    ["prepare", "--index", "--data", "/shared/photos", ...work],
    ["prepare", "--index", "--seal", ...work],
    ["prepare", ...work],
    ["prepare", "--seal", ...work],
    ["embed", ...work],
    ["embed", "--seal", ...work],
    ["train", ...work],
    ["eval", ...work],
  ]);
});
