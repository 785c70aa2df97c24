import { assertEquals, assertRejects } from "@std/assert";
import { startWorker } from "../pipeline/worker_client.ts";

/** Starts a worker that runs some JavaScript. */
function start(source: string) {
  return startWorker<number, number>({
    module: new URL(`data:text/javascript,${encodeURIComponent(source)}`),
    failure: (reason) => new RangeError(`Cannot count as ${reason}`),
  });
}

Deno.test("startWorker() gives answers in the order of the messages", async () => {
  const client = start("onmessage = ({ data }) => postMessage(data * 2)");
  const answers = [1, 2, 3].map((value) => client.ask(value));
  assertEquals(client.waiting, 3);
  assertEquals(await Promise.all(answers), [2, 4, 6]);
  assertEquals(client.waiting, 0);
  client.terminate();
});

Deno.test("startWorker() hands over what is to be transferred", async () => {
  const bytes = new Uint8Array(3);
  const client = startWorker<Uint8Array, number>({
    module: new URL(
      "data:text/javascript,onmessage = ({ data }) => postMessage(data.length)",
    ),
    failure: (reason) => new Error(reason),
  });
  assertEquals(await client.ask(bytes, [bytes.buffer]), 3);
  assertEquals(bytes.length, 0);
  client.terminate();
});

Deno.test.each([
  ["does not start", "throw new Error('no module')"],
  ["crashes", "onmessage = () => { throw new Error('no module') }"],
])(
  "startWorker() rejects everything, then and later, when a worker %s",
  async (_, source) => {
    const client = start(source);
    const all = await Promise.allSettled([client.ask(1), client.ask(2)]);
    all.push(...await Promise.allSettled([client.ask(3)]));
    for (const result of all) {
      const { reason } = result as PromiseRejectedResult;
      assertEquals(reason instanceof RangeError, true);
      assertEquals(
        /^Cannot count as a worker has failed: .*no module/.test(
          reason.message,
        ),
        true,
      );
    }
  },
);

Deno.test("startWorker() rejects what is not answered when it is ended", async () => {
  const client = start("onmessage = () => {}");
  const rejected = assertRejects(
    () => client.ask(1),
    RangeError,
    "Cannot count as the worker is closed",
  );
  client.terminate();
  await rejected;
});
