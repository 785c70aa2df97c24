import { assertEquals, assertThrows } from "@std/assert";
import {
  type HostedRequest,
  WorkerHost,
} from "../../pipeline/workers/hosted.ts";
import { runSource } from "../support/run_source.ts";

/** URL of a module of the pipeline. */
const moduleOf = (path: string) =>
  new URL(`../../pipeline/${path}`, import.meta.url).href;

/** Runs a thread that has its workers started; returns what it posts. */
function runThread(source: string): Promise<unknown> {
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
      host[Symbol.dispose]();
      thread.terminate();
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

Deno.test("a worker that is asked for and does not start rejects what waits", async () => {
  const told = await runThread(`
    const client = start("run/preprocess/none.ts");
    const answers = await Promise.allSettled([1, 2].map((i) => client.call("show", i)));
    postMessage(answers.map(({ reason }) =>
      /^RangeError: Cannot decode as a worker has failed: .*none.ts/.test(reason)));
  `);
  assertEquals(told, [true, true]);
});

Deno.test.each([
  ["a module of somebody else", "data:text/javascript,0", false],
  ["a module beside the package", moduleOf("../tests/workers/none.ts"), false],
  ["a way out of the package", `${moduleOf("")}../tests/none.ts`, false],
  ["native code", moduleOf("backends/cpu/worker.ts"), true],
])("WorkerHost refuses %s", (_, module, isNative) => {
  using host = new WorkerHost(false);
  const { port1: calls, port2: control } = new MessageChannel();
  const request: HostedRequest = { module, isNative, calls, control };
  assertThrows(
    () => host.start(request),
    TypeError,
    `Cannot start "${module}" for another thread`,
  );
  calls.close();
  control.close();
});
