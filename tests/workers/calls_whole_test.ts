import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { ImageError } from "../../pipeline/errors.ts";
import { startWorker } from "../../pipeline/workers/calls.ts";
import { runSource } from "../support/run_source.ts";

/** What the workers of these tests do. */
interface Counting {
  /** Doubles a number. */
  double(value: number): number;
  /** Counts bytes. */
  count(bytes: Uint8Array): number;
}

/** Starts a worker that runs some JavaScript. */
function start(source: string) {
  return startWorker<Counting>({
    module: new URL(`data:text/javascript,${encodeURIComponent(source)}`),
    failure: (reason) => new RangeError(`Cannot count as ${reason}`),
  });
}

/** Starts a worker with some functions. */
function serve(functions: string) {
  const url = new URL("../../pipeline/workers/calls.ts", import.meta.url);
  const errors = new URL("../../pipeline/errors.ts", import.meta.url);
  return start(`
    import { serveWorker } from ${JSON.stringify(url.href)};
    import * as errors from ${JSON.stringify(errors.href)};
    serveWorker({ ${functions} });
  `);
}

Deno.test("a worker answers calls in order, one after the other", async () => {
  const client = serve(`
    async double(value) {
      await new Promise((resolve) => setTimeout(resolve, 4 - value));
      return (globalThis.calls = (globalThis.calls ?? 0) + 1) * 10 + value * 2;
    }
  `);
  const answers = [1, 2, 3].map((value) => client.call("double", value));
  assertEquals(client.waiting, 3);
  assertEquals(await Promise.all(answers), [12, 24, 36]);
  assertEquals(client.waiting, 0);
  client.terminate();
});

Deno.test("a worker is handed over what is to be transferred", async () => {
  const bytes = new Uint8Array(3);
  const client = serve("count: (bytes) => bytes.length");
  assertEquals(await client.call("count", bytes, [bytes.buffer]), 3);
  assertEquals(bytes.length, 0);
  client.terminate();
});

Deno.test("a worker hands over the array that it answers", async () => {
  const client = serve(`
    double: () => globalThis.array = new Uint8Array(5),
    count: () => globalThis.array.length,
  `);
  assertEquals(await client.call("double", 1) as unknown, new Uint8Array(5));
  assertEquals(await client.call("count", new Uint8Array(0)), 0);
  client.terminate();
});

Deno.test.each([
  [
    'new errors.BackendUnavailableError("cpu", "it is tired")',
    RangeError,
    "Cannot count as it is tired",
  ],
  ['new errors.ImageError("a cut photo")', ImageError, "a cut photo"],
  [
    'new TypeError("no number")',
    RangeError,
    "Cannot count as a worker has failed: no number",
  ],
])(
  "a worker that throws %s rejects one call",
  async (error, Class, message) => {
    const client = serve(`
    double(value) { if (value === 1) throw ${error}; return value * 2; }
  `);
    const [first, second] = [
      client.call("double", 1),
      client.call("double", 2),
    ];
    const rejected = await assertRejects(() => first, Class);
    assertEquals(rejected.message, message);
    assertEquals(await second, 4);
    client.terminate();
  },
);

Deno.test.each([
  ["does not start", "throw new Error('no module')"],
  ["crashes", "onmessage = () => { throw new Error('no module') }"],
])(
  "startWorker() rejects everything, then and later, when a worker %s",
  async (_, source) => {
    const module = `data:text/javascript,${encodeURIComponent(source)}`;
    const all = await runSource(`
      import { startWorker } from "./pipeline/workers/calls.ts";
      const client = startWorker({
        module: new URL(${JSON.stringify(module)}),
        failure: (reason) => new RangeError(\`Cannot count as \${reason}\`),
      });
      const call = (value) => client.call("double", value);
      const all = await Promise.allSettled([call(1), call(2)]);
      all.push(...await Promise.allSettled([call(3)]));
      console.log(JSON.stringify(all.map(({ reason }) => String(reason))));
    `) as string[];
    assertEquals(all.length, 3);
    for (const reason of all) {
      assertMatch(
        reason,
        /^RangeError: Cannot count as a worker has failed: .*no module/,
      );
    }
  },
);

Deno.test("startWorker() rejects calls that have no answer when it ends", async () => {
  const client = start("onmessage = () => {}");
  const rejected = assertRejects(
    () => client.call("double", 1),
    RangeError,
    "Cannot count as the worker is closed",
  );
  client.terminate();
  await rejected;
});
