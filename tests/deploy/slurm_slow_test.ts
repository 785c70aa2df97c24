/**
 * The chain of `deploy/slurm/` on a real Slurm against one program: the same bytes,
 * whatever happens to the jobs.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { copyFolder, digestTree, PROJECT, runTask } from "../e2e/support.ts";
import { FIXTURES, HAS_SHARED, SHARED } from "../support/fixtures.ts";
import { tempDir } from "../support/temp_dir.ts";
import { hasSlurm, startSlurm, until } from "./slurm.ts";

/** Real photos where there are some. */
const DATA = HAS_SHARED
  ? new URL("data/flowers", SHARED)
  : new URL("images", FIXTURES);

/** Work enough for a part to be met in the middle of it. */
const SETTINGS = [
  ...["--data", fromFileUrl(DATA)],
  ...["--image-size", "320", "--shard-size", "4"],
];

/** Jobs that fit on any machine. */
const SBATCH = ["--cpus-per-task=1", "--mem=600M", "--time=5"];

/** A note of a part. */
interface Note {
  state: string;
  imagesDone: number;
  imagesKept: number;
}

/** Reads the note of a part of the embeddings, if it has told. */
async function readNote(work: string, part: number): Promise<Note | undefined> {
  const end = `-0000${part}-of-00004.json`;
  for await (const { name } of Deno.readDir(join(work, "parts"))) {
    if (!name.startsWith("embeddings-") || !name.endsWith(end)) continue;
    return JSON.parse(await Deno.readTextFile(join(work, "parts", name)));
  }
  return undefined;
}

/** Digests of artifacts but the page, which holds times, by path. */
async function digestArtifacts(work: string): Promise<Record<string, string>> {
  const tree = Object.entries(await digestTree(work, { times: false }));
  return Object.fromEntries(
    tree.filter(([path]) => path.startsWith("artifacts/")),
  );
}

Deno.test({
  name:
    "the chain on Slurm writes the bytes of one program, and survives faults",
  // Needs slurmctld, slurmd, slurm-client, munge and root.
  ignore: !await hasSlurm(),
  async fn(t) {
    await using directory = await tempDir();
    const [one, chain, work] = ["one", "chain", "faults"]
      .map((name) => directory.join(name)) as [string, string, string];
    await using slurm = await startSlurm();
    const env = {
      ...slurm.env,
      DENO: Deno.execPath(),
      HEADSTART: PROJECT,
      HEADSTART_WORK: work,
      HEADSTART_SBATCH: SBATCH.join(" "),
    };
    Object.assign(slurm.env, env);
    const logs = (job: string) => directory.join(`${job}.log`);
    const readLog = (job: string) => Deno.readTextFile(logs(job));
    /** Submits a step; its log is named by the job. */
    const submit = (step: string, ...args: string[]) =>
      slurm.call(
        "sbatch",
        ...["--parsable", ...SBATCH, "-o", directory.join("%j.log")],
        join(PROJECT, `deploy/slurm/${step}.sbatch`),
        ...args,
      );
    /** Waits for the end of a job, which must be a good one. */
    const completes = async (job: string) =>
      assertEquals(await slurm.end(job), "COMPLETED", await readLog(job));
    /** Submits a part and waits until it has begun. */
    const begin = async (part: number) => {
      const job = await submit("embed", "--part", `${part}/4`);
      await until(
        `the beginning of part ${part}`,
        async () => (await readNote(work, part))?.state === "running",
      );
      return job;
    };
    /** Starts a job again that has queued itself. */
    const startAgain = async (job: string, code: number) => {
      const told = `run_task.sh: exit code ${code}, queued again`;
      await until(
        `the end of job ${job}`,
        async () =>
          (await readLog(job).catch(() => "")).includes(told) &&
          await slurm.stateOf(job) === "PENDING",
      );
      await slurm.startQueued(job);
    };
    let expected: Record<string, string> = {};

    await t.step("the chain", async () => {
      const submitted = await slurm.call(
        join(PROJECT, "deploy/slurm/submit.sh"),
        ...["--work", chain, "--parts", "4", "--"],
        ...SETTINGS,
      );
      const steps = submitted.split("\n").map((line) => line.split(" "));
      assertEquals(steps.map(([, step, parts]) => `${step} ${parts}`), [
        "index 4",
        "index_seal 1",
        "prepare 4",
        "prepare_seal 1",
        "embed 4",
        "embed_seal 1",
        "train 1",
        "eval 1",
      ]);
      const tasks = [["prepare", ...SETTINGS], ["train"], ["eval"]];
      for (const [task, ...args] of tasks) {
        const { code, stderr } = await runTask(task!, [...args, "--work", one]);
        assertEquals(code, 0, stderr);
      }
      const states = await slurm.end(steps.map(([job]) => job).join(","));
      assertEquals([...new Set(states.split("\n"))], ["COMPLETED"]);
      expected = await digestArtifacts(one);
      assertEquals(await digestArtifacts(chain), expected);
    });

    await t.step("a part that nears its time limit goes on later", async () => {
      await copyFolder(chain, work);
      const [stage] = Object.keys(expected)
        .filter((path) => path.includes("/embeddings-"));
      await Deno.remove(join(work, stage!, ".."), { recursive: true });
      const job = await begin(0);
      // What Slurm sends then.
      await slurm.call("scancel", "--batch", "--signal=USR1", job);
      await startAgain(job, 130);
      await completes(job);
    });

    await t.step(
      "sealing too early names what is missing, by part",
      async () => {
        const job = await submit("embed_seal");
        assertEquals(await slurm.end(job), "FAILED");
        const log = await readLog(job);
        assertStringIncludes(log, `Cannot seal stage "embeddings"`);
        for (const part of [1, 2, 3]) {
          assertStringIncludes(
            log,
            `part ${part}/4: train-0000${part}-of-`,
          );
        }
        assertEquals(log.includes("part 0/4"), false);
      },
    );

    await t.step(
      "a part that is cancelled and queued again goes on",
      async () => {
        const job = await begin(1);
        await slurm.call("scancel", job);
        assertEquals(await slurm.end(job), "CANCELLED");
        const note = (await readNote(work, 1))!;
        assertEquals(note.state, "stopped");
        await slurm.call("scontrol", "requeue", job);
        await slurm.startQueued(job);
        await completes(job);
        const log = await readLog(job);
        assertStringIncludes(log, "  stopped. Continue with: ");
        assertEquals((await readNote(work, 1))!.imagesKept, note.imagesDone);
      },
    );

    await t.step("a part that is started twice at once", async () => {
      const jobs = await Promise.all(
        [2, 2].map((part) => submit("embed", "--part", `${part}/4`)),
      );
      assertEquals(
        await slurm.end(jobs.join(",")),
        "COMPLETED\nCOMPLETED",
      );
    });

    await t.step("a node whose daemon stops and starts", async () => {
      const job = await begin(3);
      await slurm.stopDaemon();
      await until(
        "the end of the part without a daemon",
        async () => (await readNote(work, 3))!.state === "done",
      );
      await slurm.startDaemon();
      await completes(job);
    });

    await t.step("a shard that is damaged before it is sealed", async () => {
      const [shard] = Object.keys(expected)
        .filter((path) =>
          path.includes("/embeddings-") && /0005-of/.test(path)
        );
      const bytes = await Deno.readFile(join(work, shard!));
      bytes[bytes.length - 1]! ^= 1;
      await Deno.writeFile(join(work, shard!), bytes);
      const job = await submit("embed_seal");
      assertEquals(await slurm.end(job), "FAILED");
      const log = await readLog(job);
      assertStringIncludes(log, `damaged, making it again: ${shard}`);
      const name = shard!.slice(shard!.lastIndexOf("/") + 1);
      assertStringIncludes(log, `1 are missing, part 1/4: ${name}\n`);
    });

    await t.step("a part that fails is queued again", async () => {
      const [shard] = Object.keys(expected)
        .filter((path) => /\/tensors-.*0005-of/.test(path));
      const path = join(work, shard!);
      const bytes = await Deno.readFile(path);
      await Deno.writeFile(path, bytes.map((byte) => byte ^ 1));
      const job = await submit("embed", "--part", "1/4");
      await startAgain(job, 1);
      await Deno.writeFile(path, bytes);
      await completes(job);
      const log = await readLog(job);
      assertStringIncludes(log, `"${shard}"`);
      assertStringIncludes(log, ", 1 made now, ");
    });

    await t.step("the seal, and the same bytes", async () => {
      const seal = await submit("embed_seal");
      assertEquals(await slurm.end(seal), "COMPLETED");
      assertEquals(await digestArtifacts(work), expected);
    });
  },
});
