/**
 * Every task in an empty home, watched by `strace`: no file is written outside of
 * the work directory and the caches, and nothing is connected to. Deno's own
 * permissions do not hold native code, so that a look from outside is needed.
 *
 * A new task gets a row in a table below; the last test says which have none.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { HAS_NATIVE_CODE } from "../backends/support.ts";
import { freshHome } from "../support/fresh_home.ts";
import { hasStrace, type Trace, watch } from "../support/strace.ts";
import { tempDir } from "../support/temp_dir.ts";
import { outside } from "./outside.ts";
import { PROJECT } from "./support.ts";

const HAS_STRACE = await hasStrace();

/** Whether the tasks find a GPU, or software that stands in for one; `DENO_WEBGPU_BACKEND` hides it from this process. */
const HAS_ADAPTER = await (async () => {
  const { DENO_WEBGPU_BACKEND: _, ...env } = Deno.env.toObject();
  const code = "console.log(Boolean(await navigator.gpu?.requestAdapter()))";
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--unstable-webgpu", code],
    env: { ...env, NO_COLOR: "1" },
    clearEnv: true,
  }).output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
  const answer = decode(stdout);
  if (answer !== "true" && answer !== "false") {
    throw new Error(`Cannot look for a GPU: ${answer} ${decode(stderr)}`);
  }
  return answer === "true";
})();

/** A task and its arguments, `WORK` for the work directory; the flag `--work` is added. */
type Row = readonly [task: string, ...args: string[]];

/** Tasks that run with every engine; the photos are the embedded ones. */
const withEngine = (engine: string): Row[] => [
  ["prepare", "--image-size", "32"],
  ["embed", "--engine", engine],
  ["train", "--epochs", "2", "--engine", engine],
  ["eval"],
  ["predict", "--engine", engine, "fixtures/images/val/coin"],
  ["serve", "--engine", engine, "--port", "0"],
];

/** Tasks for which one engine is enough. */
const OTHERS: readonly Row[] = [
  ["demo"],
  ["compare", "default", "demo"],
  ["status", "--verify"],
  ["verify", "--repair"],
  ["clean", "--remove"],
  ["runs"],
  ["summary"],
  ["doctor"],
];

/** Tasks without a work directory. */
const WITHOUT_WORK: readonly Row[] = [
  ["simulate", "--photos", "1000", "--trials", "1"],
  ["weights", "list"],
  ["weights", "verify"],
  ["weights", "inspect", "fixtures/backbone/resnet101-tiny.safetensors"],
];

/** Engines, and why one may not be there. */
const ENGINES: { engine: string; rows: Row[]; ignore: boolean }[] = [
  { engine: "wasm", rows: [...withEngine("wasm"), ...OTHERS], ignore: false },
  {
    engine: "cpu",
    rows: [
      ...withEngine("cpu"),
      ["export", "--format", "onnx", "--out", "WORK/exported"],
      ["build", "--form", "folder", "--out", "WORK/built"],
    ],
    ignore: !HAS_NATIVE_CODE,
  },
  { engine: "webgpu", rows: withEngine("webgpu"), ignore: !HAS_ADAPTER },
];

/** Asks a server for a page and for the class of a photo. */
async function visit(address: string): Promise<void> {
  const page = await fetch(address);
  assertEquals([page.status, (await page.text()).length > 0], [200, true]);
  const photo = await Deno.readFile(
    join(PROJECT, "fixtures/images/val/coin/coin_20.jpg"),
  );
  const answer = await fetch(new URL("/api/classify", address), {
    method: "POST",
    headers: { "content-type": "image/jpeg" },
    body: photo,
  });
  assertEquals(answer.status, 200, await answer.text());
}

/** Runs tasks one after the other, as a person does. */
async function watchTasks(
  t: Deno.TestContext,
  rows: readonly Row[],
  { hasWork, hasGpu }: { hasWork: boolean; hasGpu: boolean },
): Promise<void> {
  await using folder = await tempDir();
  const env = await freshHome(folder.path);
  // Linux has no Metal: no driver of a GPU is loaded.
  if (!hasGpu) env.DENO_WEBGPU_BACKEND = "metal";
  const work = folder.join("work");
  for (const [task, ...args] of rows) {
    await t.step([task, ...args].join(" "), async () => {
      const { code, output, ...trace } = await watch([
        ...[Deno.execPath(), "task", "--quiet", task],
        ...args.map((arg) => arg.replace("WORK", work)),
        ...hasWork ? ["--work", work] : [],
      ], {
        cwd: PROJECT,
        env,
        log: folder.join("strace.log"),
        ...task === "serve" && { visit },
      });
      assertEquals(code, 0, output);
      const { files, addresses } = outside(trace, { env, work, task });
      assertEquals([files, addresses], [[], []]);
      assertEquals(await Array.fromAsync(Deno.readDir(env.TMPDIR!)), []);
      const isWriting = ["prepare", "train", "eval"].includes(task);
      const isSeen = trace.files.some((path) => path.startsWith(`${work}/`));
      assertEquals(isSeen || !isWriting, true, "the log shows no file");
    });
  }
}

for (const { engine, rows, ignore } of ENGINES) {
  Deno.test({
    name: `the tasks on ${engine} leave nothing on the machine and call nobody`,
    ignore: ignore || !HAS_STRACE,
    fn: (t) =>
      watchTasks(t, rows, { hasWork: true, hasGpu: engine === "webgpu" }),
  });
}

Deno.test({
  name:
    "the tasks weights and simulate leave nothing on the machine and call nobody",
  ignore: !HAS_STRACE,
  fn: (t) => watchTasks(t, WITHOUT_WORK, { hasWork: false, hasGpu: false }),
});

/** Runs a script in an empty home, offline, and says what it did outside of the caches. */
async function watchScript(code: string): Promise<Trace & { home: string }> {
  await using folder = await tempDir();
  const env = await freshHome(folder.path);
  const script = folder.join("script.ts");
  await Deno.writeTextFile(script, code);
  const config = join(PROJECT, "deno.json");
  const { code: exit, output, ...trace } = await watch(
    [Deno.execPath(), "run", "-A", "--config", config, script],
    { cwd: PROJECT, env, log: folder.join("strace.log"), isOffline: true },
  );
  assertEquals(exit, 0, output);
  return { ...outside(trace, { env, work: script }), home: folder.path };
}

Deno.test({
  name: "watch() sees what workers and child processes do",
  ignore: !HAS_STRACE,
  async fn() {
    const { files, addresses, home } = await watchScript(`
      const work = \`Deno.mkdirSync(Deno.env.get("TMPDIR") + "/by-worker"); close();\`;
      new Worker("data:text/javascript," + encodeURIComponent(work), { type: "module" });
      await new Deno.Command("sh", { args: ["-c", "echo > $HOME/by-child"] }).output();
      await Deno.connect({ hostname: "127.0.0.1", port: 9 }).catch(() => {});
    `);
    assertEquals(files.map((path) => path.replace(home, "")).toSorted(), [
      "/home/by-child",
      "/temporary/by-worker",
    ]);
    const address =
      `{sa_family=AF_INET, sin_port=htons(9), sin_addr=inet_addr("127.0.0.1")}`;
    assertEquals(addresses.includes(address), true, `${addresses}`);
  },
});

Deno.test({
  name: "watch() sees the telemetry of onnxruntime where it is not turned off",
  ignore: !HAS_STRACE || !HAS_NATIVE_CODE,
  async fn() {
    const name = "onnxruntime-node";
    const { files } = await watchScript(`
      const { default: { InferenceSession } } = await import("${name}");
      await InferenceSession.create(new Uint8Array(1)).catch(() => {});
    `);
    const names = files.map((path) => path.replace(/^.*\//, ""));
    assertEquals(names.includes("onnxruntime.db"), true, `${files}`);
    assertEquals(names.includes(".ses"), true, `${files}`);
  },
});

Deno.test("every task has a row, and lets Deno not look for updates", async () => {
  const config = await Deno.readTextFile(join(PROJECT, "deno.json"));
  const tasks = Object.entries(
    JSON.parse(config).tasks as Record<string, { command: string }>,
  ).filter(([, { command }]) => / tasks\/confined\.ts \w+$/.test(command));
  const rows = [...ENGINES.flatMap(({ rows }) => rows), ...WITHOUT_WORK];
  const watched = new Set(rows.map(([task]) => task));
  assertEquals(
    tasks.map(([name]) => name).filter((name) => !watched.has(name)),
    [],
  );
  // In a terminal, which there is none of here, Deno looks for its newest version.
  const silent = /^DENO_NO_UPDATE_CHECK=1 /;
  assertEquals(tasks.filter(([, { command }]) => !silent.test(command)), []);
});
