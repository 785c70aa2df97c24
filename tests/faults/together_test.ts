/**
 * Several tasks at once in one work directory: on one machine, on two that share a
 * disk, and of two users.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { PROJECT } from "../e2e/support.ts";
import { hasStrace } from "../support/strace.ts";
import {
  add,
  checkFinished,
  choose,
  expectedAfter,
  faultAt,
  HAS_PRELOAD,
  listCalls,
  runTask,
  SHARE,
  succeed,
  TASKS,
  tell,
  workAfter,
} from "./support.ts";

/** Rounds of each task at a share of 1. */
const ROUNDS = 12;

/** Processes that start at once. */
const PROCESSES = 6;

/** Starts a task in several processes at once. */
function startTogether(index: number, work: string) {
  const all = Array.from(
    { length: PROCESSES },
    () => runTask(TASKS[index]!, work),
  );
  return Promise.all(all);
}

Deno.test("six processes at once write what one writes", async () => {
  const counts: Record<string, number> = {};
  for (const [index, [task]] of TASKS.entries()) {
    const whole = await expectedAfter(index + 1);
    for (let round = 0; round < Math.ceil(ROUNDS * SHARE); round++) {
      await using directory = await workAfter(index);
      const ended = await startTogether(index, directory.path);
      for (const { code, stderr } of ended) {
        assertEquals(code, 0, stderr);
        add(counts, `${task} started`);
        const waits = /another task is making .*: waiting for process \d+ on /;
        if (waits.test(stderr)) {
          add(counts, `${task} was told whom it waits for`);
        }
      }
      await checkFinished(directory.path, whole);
    }
  }
  tell(counts);
});

Deno.test({
  name: "a task takes over from one that is killed while it waits",
  ignore: !HAS_PRELOAD,
  async fn() {
    const whole = await expectedAfter(2);
    const renames = (await listCalls(1)).filter(({ name }) =>
      name === "rename"
    );
    let waited = 0;
    const chosen = choose(renames, 0.5 * SHARE);
    for (const { number } of chosen) {
      await using directory = await workAfter(1);
      const work = directory.path;
      const env = faultAt(work, { at: number, signal: 9 });
      const [first, second] = await Promise.all([
        runTask(TASKS[1]!, work, { env }),
        runTask(TASKS[1]!, work),
      ]);
      // The second may have made all that the first was to write.
      assert(first.signal === "SIGKILL" || first.code === 0, first.stderr);
      assertEquals(second.code, 0, second.stderr);
      if (second.stderr.includes("waiting for process")) waited++;
      await succeed(TASKS[1]!, work);
      await checkFinished(work, whole);
    }
    tell(`${chosen.length} takeovers, ${waited} of them waited`);
  },
});

/** Runs `train` on a machine of another name, on a disk whose locks do not reach others. */
async function trainOn(host: string, work: string) {
  const [task, ...args] = TASKS[1]!;
  const { code, stderr } = await new Deno.Command("unshare", {
    args: [
      ...["--uts", "sh", "-c", 'hostname "$0" && exec "$@"', host],
      ..."strace -f -qq -o /dev/null -e trace=flock".split(" "),
      ...["-e", "inject=flock:error=ENOLCK", Deno.execPath(), "run", "--quiet"],
      ...[`-P=${task}`, `tasks/${task}.ts`, ...args, "--work", work],
    ],
    cwd: PROJECT,
    env: { NO_COLOR: "1" },
  }).output();
  return { code, stderr: new TextDecoder().decode(stderr) };
}

/** Whether a program runs. */
async function runs(command: string, ...args: string[]): Promise<boolean> {
  try {
    return (await new Deno.Command(command, { args }).output()).success;
  } catch {
    return false;
  }
}

/** Whether a process may have a machine's name of its own. */
const HAS_HOSTS = await hasStrace() && await runs("unshare", "--uts", "true");

Deno.test({
  name: "two machines that share a disk make a stage once",
  ignore: !HAS_HOSTS,
  async fn() {
    const whole = await expectedAfter(2);
    await using directory = await workAfter(1);
    const work = directory.path;
    const ended = await Promise.all([
      trainOn("one", work),
      trainOn("two", work),
    ]);
    const all = ended.map(({ stderr }) => stderr).join("\n");
    assertEquals(ended.map(({ code }) => code), [0, 0], all);
    assertEquals(all.match(/ +embeddings +done/g)?.length, 1, all);
    const waits = all.match(/waiting for process \d+ on (one|two), train\.ts /);
    assert(waits, all);
    await checkFinished(work, whole);
  },
});

/** Another user, who is on every system. */
const NOBODY = 65534;

/** What starts a program as root without the right to open the files of others. */
const AS_USER = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"];

/** Whether the tests may change owners, and give up rights. */
const HAS_USERS = Deno.build.os === "linux" && Deno.uid() === 0 &&
  await runs("setpriv", ...AS_USER.slice(1), "true");

/** Runs `prepare` as a user with no rights over others. */
async function prepareAsUser(work: string) {
  const [task, ...args] = TASKS[0]!;
  const { code, stderr } = await new Deno.Command(AS_USER[0]!, {
    args: [
      ...[...AS_USER.slice(1), "sh", "-c", 'umask 077 && exec "$@"', "sh"],
      ...[Deno.execPath(), "run", "--quiet", `-P=${task}`, `tasks/${task}.ts`],
      ...[...args, "--work", work],
    ],
    cwd: PROJECT,
    env: { NO_COLOR: "1" },
  }).output();
  return { code, stderr: new TextDecoder().decode(stderr) };
}

Deno.test({
  name: "two users with umask 077 do not touch each other's files",
  ignore: !HAS_USERS,
  async fn(t) {
    await using directory = await workAfter(0);
    const work = directory.path;
    await Deno.chmod(work, 0o777);

    await t.step("a lock that may not be opened is an error", async () => {
      const lock = directory.join("lock");
      await Deno.writeTextFile(lock, "");
      await Deno.chmod(lock, 0o600);
      await Deno.chown(lock, NOBODY, NOBODY);
      const debris = directory.join(
        "runs/incomplete.01234567-89ab-4cde-8f01-23456789abcd.run.json",
      );
      await Deno.mkdir(directory.join("runs"));
      await Deno.writeTextFile(debris, "being written");
      const { code, stderr } = await prepareAsUser(work);
      assertEquals(code, 1, stderr);
      assertStringIncludes(
        stderr,
        `error: Cannot lock "${lock}" as it belongs to another user, and this one may not open it: give both a group that may write in "${work}", or use a work directory of your own`,
      );
      assert((await Deno.stat(debris)).isFile);
      await Deno.remove(lock);
      await Deno.remove(directory.join("runs"), { recursive: true });
    });

    await t.step(
      "a lock that is made may be opened by all who may write",
      async () => {
        const { code, stderr } = await prepareAsUser(work);
        assertEquals(code, 0, stderr);
        const { mode } = await Deno.stat(directory.join("lock"));
        assertEquals(mode! & 0o777, 0o666);
        const artifacts = await Deno.stat(directory.join("artifacts"));
        assertEquals(artifacts.mode! & 0o777, 0o700);
      },
    );

    await t.step("what may not be read is named", async () => {
      for (const name of ["artifacts", "runs", "locks"]) {
        await Deno.chown(directory.join(name), NOBODY, NOBODY);
      }
      const { code, stderr } = await prepareAsUser(work);
      assertEquals(code, 1, stderr);
      assertStringIncludes(stderr, `"${work}/`);
      assertStringIncludes(stderr.toLowerCase(), "permission denied");
    });
  },
});
