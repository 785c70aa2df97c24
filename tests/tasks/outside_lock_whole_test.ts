import { assertEquals, assertStringIncludes } from "@std/assert";
import { taskCommand } from "../e2e/support.ts";
import { copyQuick } from "../run/support.ts";
import { tempDir } from "../support/temp_dir.ts";

/** Whether there is a program that locks files, as any on the machine may. */
const HAS_FLOCK = await new Deno.Command("flock", { args: ["--version"] })
  .output().then(({ success }) => success, () => false);

/** Reads text until it says something; returns what it said. */
async function readUntil(
  stream: ReadableStreamDefaultReader<Uint8Array>,
  wanted: string,
): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  while (!text.includes(wanted)) {
    const { value, done } = await stream.read();
    if (done) break;
    text += decoder.decode(value, { stream: true });
  }
  assertStringIncludes(text, wanted);
  return text;
}

/** Locks a file by another program, until it is disposed of. */
async function lockFromOutside(path: string): Promise<AsyncDisposable> {
  const child = new Deno.Command("flock", {
    args: [path, "sh", "-c", "echo held; cat"],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const output = child.stdout.getReader();
  await readUntil(output, "held");
  return {
    async [Symbol.asyncDispose]() {
      await child.stdin.close();
      await child.status;
      await output.cancel();
    },
  };
}

/** Starts `eval`, and waits until it says that it waits. */
async function startWaiting(work: string, message: string) {
  const child = taskCommand("eval", ["--work", work]).spawn();
  const stderr = child.stderr.getReader();
  await readUntil(stderr, message);
  return {
    kill: (signal: Deno.Signal) => child.kill(signal),
    /** Waits for the end; returns the exit code. */
    async end(): Promise<number> {
      while (!(await stderr.read()).done);
      await child.stdout.cancel();
      return (await child.status).code;
    },
  };
}

/** What is said of a holder that writes no name. */
const NOBODY = "another program, which does not say its name";

Deno.test({
  name:
    "a task waits while another program holds the work directory, says so, and goes on",
  ignore: !HAS_FLOCK,
  async fn() {
    await using directory = await tempDir();
    const work = directory.path;
    await copyQuick("trained", work);
    const message = `waiting for the work directory, locked by ${NOBODY}`;
    const holder = await lockFromOutside(directory.join("lock"));
    const stopped = await startWaiting(work, message);
    stopped.kill("SIGINT");
    assertEquals(await stopped.end(), 130);
    const task = await startWaiting(work, message);
    await holder[Symbol.asyncDispose]();
    assertEquals(await task.end(), 0);
  },
});

Deno.test({
  name: "a task waits while another program holds the lock of a stage",
  ignore: !HAS_FLOCK,
  async fn() {
    await using directory = await tempDir();
    const work = directory.path;
    await copyQuick("evaluated", work);
    const folders = await Array.fromAsync(
      Deno.readDir(directory.join("artifacts")),
    );
    const { name } = folders.find(({ name }) => name.startsWith("report-"))!;
    await Deno.remove(directory.join("artifacts", name, "manifest.json"));
    const holder = await lockFromOutside(directory.join("locks", name));
    const task = await startWaiting(
      work,
      `another task is making "artifacts/${name}": waiting for ${NOBODY}`,
    );
    await holder[Symbol.asyncDispose]();
    assertEquals(await task.end(), 0);
  },
});
