import { assertEquals, assertRejects } from "@std/assert";
import { ConfigError, MissingArtifactError } from "../../pipeline/errors.ts";
import { readWorkspace } from "../../pipeline/run/read_workspace.ts";
import { openWorkspace } from "../../pipeline/run/workspace.ts";
import { photosOf } from "../../pipeline/run/photos.ts";
import { FakeServer } from "../s3/fake_server.ts";

/** Has the environment lead to a server. */
function leadTo(server: FakeServer): Disposable {
  const { credentials, endpoint } = server.access();
  const env: Record<string, string> = {
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_ENDPOINT_URL: endpoint!,
  };
  for (const [name, value] of Object.entries(env)) Deno.env.set(name, value);
  return {
    [Symbol.dispose]() {
      for (const name of Object.keys(env)) Deno.env.delete(name);
    },
  };
}

Deno.test("openWorkspace() opens a place in an object store, and says when it is to be there", async () => {
  await using server = new FakeServer();
  using _env = leadTo(server);
  const root = "s3://tests/work";
  await assertRejects(
    () => openWorkspace(root, { create: false }),
    MissingArtifactError,
    `Cannot use work directory "${root}" as there is none: run the task prepare first`,
  );
  using workspace = await openWorkspace(root);
  assertEquals([workspace.root, workspace.swept], [root, 0]);
  await workspace.store.writeAtomic("runs/a/x", new Uint8Array(1));
  using again = await openWorkspace(root, { create: false });
  assertEquals((await again.store.stat("runs/a/x"))?.sizeBytes, 1);
  assertEquals(await readWorkspace(root).store.folders(""), ["runs"]);
  await assertRejects(() => openWorkspace("s3://"), ConfigError);
});

Deno.test("photosOf() lists a folder and a list of an object store", async () => {
  await using server = new FakeServer();
  using _env = leadTo(server);
  const { store } = readWorkspace("s3://tests/data");
  const photos = ["rose/a.jpg", "rose/b.jpg", "tulip/c d+.jpg"];
  for (const path of photos) await store.writeAtomic(path, new Uint8Array(3));
  const rows = `path,label\n${photos[0]},x\ns3://tests/data/${photos[2]},y\n`;
  await store.writeAtomic(
    "lists/l.csv",
    new TextEncoder().encode(
      rows.replace(photos[0]!, `../${photos[0]}`),
    ),
  );
  const list = async (data: string) => {
    const none = { pathColumn: null, labelColumn: null, splitColumn: null };
    const listing = await photosOf({ data, ...none }, {
      signal: new AbortController().signal,
    })
      .list();
    return Array.from(
      listing,
      ({ path, className, sizeBytes }) => [path, className, sizeBytes],
    );
  };
  assertEquals(await list("s3://tests/data"), [
    ["rose/a.jpg", "rose", 3],
    ["rose/b.jpg", "rose", 3],
    ["tulip/c d+.jpg", "tulip", 3],
  ]);
  assertEquals(await list("s3://tests/data/lists/l.csv"), [
    ["../rose/a.jpg", "x", 3],
    ["s3://tests/data/tulip/c d+.jpg", "y", 3],
  ]);
});
