import { assertEquals, assertRejects } from "@std/assert";
import type {
  BackendName,
  Embedder,
  EmbedderOptions,
} from "../../pipeline/backends/backend.ts";
import { openSteady } from "../../pipeline/backends/steady_embedder.ts";
import { BackendUnavailableError } from "../../pipeline/errors.ts";

/** Engines that fail at batches above a size, and what is told. */
function engines(largest: Partial<Record<BackendName, number>>) {
  const told: string[] = [];
  const log: string[] = [];
  const open = (
    choice: "auto" | BackendName,
    { batchSize = 8, workers = 2 }: EmbedderOptions,
    failed: ReadonlySet<BackendName>,
  ): Promise<Embedder> => {
    const order = ["webgpu", "cpu"] as const;
    const name = choice === "auto"
      ? order.find((one) => !failed.has(one))
      : choice;
    if (name === undefined) {
      return Promise.reject(
        new BackendUnavailableError("auto", "none is left"),
      );
    }
    log.push(`open ${name} ${batchSize} by ${workers}`);
    return Promise.resolve({
      name,
      description: "",
      embeddingSize: 1,
      batchSize,
      embed(images) {
        return batchSize <= (largest[name] ?? 0)
          ? Promise.resolve(Float32Array.from(images))
          : Promise.reject(new BackendUnavailableError(name, "memory is out"));
      },
      close() {
        log.push(`close ${name}`);
        return Promise.resolve();
      },
    });
  };
  const tell = (message: string) => void told.push(message);
  return { open, tell, told, log };
}

const REQUEST = { count: 2, views: ["plain"] } as const;

Deno.test("openSteady() halves the batch, in one worker, until the device has the memory", async () => {
  const { told, log, ...parts } = engines({ webgpu: 2 });
  const embedder = await openSteady({ choice: "webgpu", ...parts });
  const rows = await embedder.embed(Uint8Array.of(5, 6), REQUEST);
  assertEquals([...rows], [5, 6]);
  assertEquals([embedder.name, embedder.batchSize], ["webgpu", 2]);
  assertEquals(told, [
    "engine webgpu has failed: memory is out; it goes on with webgpu and batches of 4",
    "engine webgpu has failed: memory is out; it goes on with webgpu and batches of 2",
  ]);
  await embedder.close();
  assertEquals(log, [
    "open webgpu 8 by 2",
    "close webgpu",
    "open webgpu 4 by 1",
    "close webgpu",
    "open webgpu 2 by 1",
    "close webgpu",
  ]);
});

Deno.test("openSteady() leaves an engine that always fails, where it may choose", async () => {
  const { told, ...parts } = engines({ cpu: 8 });
  const embedder = await openSteady({ choice: "auto", ...parts });
  // Two calls at a time fail, and one engine is opened for both.
  const all = await Promise.all([
    embedder.embed(Uint8Array.of(5), REQUEST),
    embedder.embed(Uint8Array.of(6), REQUEST),
  ]);
  assertEquals(all.map((rows) => [...rows]), [[5], [6]]);
  assertEquals(embedder.name, "cpu");
  assertEquals(told.length, 4);
  assertEquals(
    told.at(-1),
    "engine webgpu has failed: memory is out; it goes on with cpu and batches of 8",
  );
});

Deno.test.each(["webgpu", "auto"] as const)(
  "openSteady() gives up with the reason when %s has no way left",
  async (choice) => {
    const { told: _, log: __, ...parts } = engines({});
    const embedder = await openSteady({ choice, ...parts });
    await assertRejects(
      () => embedder.embed(Uint8Array.of(5), REQUEST),
      BackendUnavailableError,
      "as memory is out",
    );
  },
);

Deno.test("openSteady() uses no engine that it has closed, when none is left", async () => {
  const { told: _, log, ...parts } = engines({});
  const embedder = await openSteady({ choice: "webgpu", ...parts });
  const embed = () =>
    assertRejects(
      () => embedder.embed(Uint8Array.of(5), REQUEST),
      BackendUnavailableError,
      "as memory is out",
    );
  await Promise.all([embed(), embed()]);
  const before = [...log];
  await embed();
  await embedder.close();
  assertEquals(log, before);
  const count = (verb: string) => log.filter((l) => l.startsWith(verb)).length;
  assertEquals(count("close"), count("open"));
});

Deno.test("openSteady() opens no other engine for a call that fails after the last was closed", async () => {
  const log: string[] = [];
  const late = Promise.withResolvers<never>();
  const failure = new BackendUnavailableError("webgpu", "memory is out");
  const embedder = await openSteady({
    choice: "webgpu",
    tell: () => {},
    open(name) {
      log.push(`open ${name}`);
      return Promise.resolve({
        name: "webgpu",
        description: "",
        embeddingSize: 1,
        batchSize: 1,
        embed: (images) =>
          images[0] === 1 ? Promise.reject(failure) : late.promise,
        close() {
          log.push("close");
          return Promise.resolve();
        },
      });
    },
  });
  const last = embedder.embed(Uint8Array.of(2), REQUEST);
  const first = embedder.embed(Uint8Array.of(1), REQUEST);
  await assertRejects(() => first, BackendUnavailableError, "memory is out");
  late.reject(failure);
  await assertRejects(() => last, BackendUnavailableError, "memory is out");
  assertEquals(log, ["open webgpu", "close"]);
});
