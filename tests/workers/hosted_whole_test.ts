import { assertEquals } from "@std/assert";
import { runSource } from "../support/run_source.ts";
import { walkFiles } from "../support/walk_files.ts";

/** URL of a module of the pipeline. */
const moduleOf = (path: string) =>
  new URL(`../../pipeline/${path}`, import.meta.url).href;

/** Runs a thread that has its workers started, and a program that ends when they do; returns what it posts. */
function runThread(source: string, end = ""): Promise<unknown> {
  const thread = `
    import { hostElsewhere } from ${
    JSON.stringify(moduleOf("workers/hosted.ts"))
  };
    import { startWorker } from ${JSON.stringify(moduleOf("workers/calls.ts"))};
    hostElsewhere();
    const failure = (reason) => new RangeError(\`Cannot decode as \${reason}\`);
    const start = (path) => startWorker({
      module: new URL(path, ${JSON.stringify(moduleOf(""))}),
      failure,
    });
    ${source}
  `;
  return runSource(`
    import { WorkerHost } from "./pipeline/workers/hosted.ts";
    const url = "data:text/javascript," + encodeURIComponent(${
    JSON.stringify(thread)
  });
    const thread = new Worker(url, { type: "module" });
    const host = new WorkerHost(false);
    thread.onmessage = ({ data }) => {
      if (data.module) return host.start(data);
      console.log(JSON.stringify(data));
      thread.terminate();
      ${end}
    };
  `);
}

Deno.test("a worker that is asked for answers, fails and ends as any other", async () => {
  const told = await runThread(`
    const client = start("run/preprocess/worker.ts");
    const answers = await Promise.allSettled([
      client.call("seal", { tensors: {}, metadata: { a: "b" } }),
      client.call("show", { bytes: new Uint8Array(3), geometry: {} }),
      client.call("nothing", 1),
    ]);
    const late = client.call("seal", { tensors: {}, metadata: {} });
    client.terminate();
    answers.push(...await Promise.allSettled([late]));
    postMessage(answers.map(({ value, reason }) =>
      value ? value.bytes.length > 8 : String(reason)));
  `);
  assertEquals(told, [
    true,
    "ImageError: it is not an image",
    "RangeError: Cannot decode as a worker has failed: functions[call] is not a function",
    "RangeError: Cannot decode as the worker is closed",
  ]);
});

Deno.test("a host ends the workers that are left", async () => {
  const told = await runThread(
    `
    const client = start("run/preprocess/worker.ts");
    await client.call("seal", { tensors: {}, metadata: {} });
    postMessage(client.waiting);
  `,
    "host[Symbol.dispose]();",
  );
  assertEquals(told, 0);
});

Deno.test.each([
  ["a module of somebody else", "data:text/javascript,0", false],
  ["a module beside the package", "../tests/none.ts", false],
  ["a hidden way out of the package", "workers/..%2F..%2Ftests/none.ts", false],
  ["a query", "backends/wasm/worker.ts?a", false],
  ["another module of the package", "workers/calls.ts", false],
  ["native code", "backends/cpu/worker.ts", true],
])("a thread does not get %s for a worker", async (_, module, isNative) => {
  const told = await runThread(`
    const { call } = startWorker({
      module: new URL(${JSON.stringify(module)}, ${
    JSON.stringify(moduleOf(""))
  }),
      isNative: ${isNative},
      failure,
    });
    const [{ reason }] = await Promise.allSettled([call("start", 1)]);
    postMessage(String(reason));
  `);
  assertEquals(
    told,
    "RangeError: Cannot decode as a worker has failed: it is not one that this thread may have",
  );
});

Deno.test("a thread may ask for every worker of the package", async () => {
  const read = (path: string) => Deno.readTextFile(new URL(moduleOf(path)));
  const workers: string[] = [];
  for await (const path of walkFiles("pipeline")) {
    if (!path.endsWith(".ts")) continue;
    if (/^serveWorker</m.test(await read(path))) workers.push(path);
  }
  const listed = (await read("workers/hosted.ts")).matchAll(
    /"(.+worker\.ts)"/g,
  );
  assertEquals(Array.from(listed, ([, path]) => path), workers.sort());
});
