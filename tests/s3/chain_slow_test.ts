/**
 * The three tasks with artifacts on a real server, as programs: the same bytes as on a
 * disk, whatever happens to connection and server.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import type { FileEntry } from "../../pipeline/artifact/store.ts";
import { PROJECT } from "../e2e/support.ts";
import { type Call, CHAIN, Chain, PREPARE, TRAIN } from "./chain.ts";
import { startProxy } from "./faulty_proxy.ts";
import { HAS_SERVER } from "./node.ts";

const chain = new Chain();

/** Defines a test that needs the server. */
function test(
  name: string,
  fn: (t: Deno.TestContext) => Promise<void>,
): void {
  Deno.test({ name, ignore: !HAS_SERVER, fn });
}

test("the chain writes the same bytes to an object store", async (t) => {
  const place = chain.place();
  const { store } = place;
  await place.complete(CHAIN);
  await place.check();

  await t.step("and finds them complete", async () => {
    const before = await store.list("");
    await place.complete([["train"], ["status"], ["verify"]]);
    assertEquals(await store.list(""), before);
  });

  await t.step(
    "a damaged object is named, and only it is made again",
    async () => {
      const shard = Object.keys(chain.expected)
        .find((path) => /^artifacts\/embeddings-.*\/train-00001/.test(path))!;
      const before = await store.list("artifacts");
      const bytes = (await store.read(shard))!;
      bytes[bytes.length - 1]! ^= 1;
      await store.writeAtomic(shard, bytes);
      const { code, text } = await place.run(["verify"]);
      assertEquals([code, text.includes(`damaged: ${shard}`)], [1, true], text);
      await place.complete([["train", "--verify"]]);
      await place.check();
      const times = new Map(
        before.map(({ path, modifiedMs }) => [path, modifiedMs]),
      );
      const written = (await store.list("artifacts"))
        .filter(({ path, modifiedMs }) => times.get(path) !== modifiedMs)
        .map(({ path }) => path);
      const manifest = shard.replace(/[^/]+$/, "manifest.json");
      assertEquals(written, [manifest, shard]);
    },
  );

  await t.step(
    "clean removes the artifacts that no run refers to, and predict reads the others",
    async () => {
      const heads = async () =>
        (await store.folders("artifacts"))
          .filter((name) => name.startsWith("head-")).length;
      await place.complete([["train", "--epochs", "9"]]);
      assertEquals(await heads(), 2);
      await place.complete([["clean", "--remove"]]);
      assertEquals(await heads(), 1);
      const photo = join(PROJECT, "fixtures/images/val/coin/coin_20.jpg");
      await place.complete([["predict", photo], ["runs"], ["summary"]]);
    },
  );
});

test("four parts write the same bytes over bad connections to a server that is killed and started again", async () => {
  await using proxy = startProxy(chain.node.port, 3);
  const place = chain.place(proxy.host);
  /** Makes a stage in parts, all at once, and seals it. */
  const share = async (stage: Call, settings: readonly string[] = []) => {
    const parts = ["0/4", "1/4", "2/4", "3/4"].map((part): Call => [
      ...stage,
      ...settings,
      ...["--part", part],
    ]);
    await Promise.all(parts.map((part) => place.complete([part])));
    await place.complete([[...stage, "--seal"]]);
  };
  await share(["prepare", "--index"], PREPARE.slice(1));
  await share(["prepare"]);
  const embedding = share(["embed"]);
  // The rejection surfaces at the await below, once the server is there again.
  embedding.catch(() => {});
  // In the middle of the stage.
  const isBegun = ({ path }: FileEntry) =>
    path.startsWith("artifacts/embeddings-");
  while (!(await place.store.list("artifacts")).some(isBegun));
  await chain.node.kill();
  await chain.node.restart();
  await embedding;
  await place.complete([TRAIN, ["eval"]]);
  await place.check();
  const counts = Object.values(proxy.counts);
  assert(counts.every((count) => count > 0), JSON.stringify(proxy.counts));
});

test("two tasks at once on each step write the same bytes", async () => {
  const place = chain.place();
  for (const call of [PREPARE, TRAIN]) {
    await Promise.all([place.complete([call]), place.complete([call])]);
  }
  await place.complete([["eval"]]);
  await place.check();
});
