/**
 * What the tasks read from a real server and send to it, as programs: photos, lists,
 * and no secret to anybody.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { FileStore } from "../../pipeline/artifact/file_store.ts";
import { outside } from "../e2e/outside.ts";
import { digestStore, PROJECT } from "../e2e/support.ts";
import { FIXTURES } from "../support/fixtures.ts";
import { freshHome } from "../support/fresh_home.ts";
import { hasStrace, watch } from "../support/strace.ts";
import { tempDir } from "../support/temp_dir.ts";
import { CHAIN, Chain, PREPARE } from "./chain.ts";
import { HAS_SERVER } from "./node.ts";

const chain = new Chain();

/** Defines a test that needs the server. */
function test(
  name: string,
  fn: (t: Deno.TestContext) => Promise<void>,
): void {
  Deno.test({ name, ignore: !HAS_SERVER, fn });
}

test("photos and lists are read from an object store", async () => {
  const place = chain.place();
  const photos = new FileStore(new URL("images/", FIXTURES));
  const { store } = place;
  const rows = ["path,label,split"];
  for (const { path } of await photos.list("")) {
    await store.writeAtomic(`photos/${path}`, (await photos.read(path))!);
    const [split, label] = path.split("/");
    const row = `${rows.length % 2 ? "photos" : `${place.url}/photos`}/${path}`;
    if (label?.includes(".") === false) rows.push(`${row},${label},${split}`);
  }
  const list = rows.join("\n");
  await store.writeAtomic("list.csv", new TextEncoder().encode(list));
  const work = chain.place();
  const [task, ...flags] = PREPARE;
  await work.complete([[task, ...flags, "--data", `${place.url}/photos`]]);
  const found = await digestStore(work.store, { times: false });
  // The index itself knows the times of the photos.
  const of = (digests: Record<string, string>) =>
    Object.entries(digests).filter(([path]) =>
      /^artifacts\/tensors-/.test(path)
    );
  assertEquals(of(found), of(chain.expected));
  const listed = await chain.place().run([
    task,
    ...flags,
    ...["--data", `${place.url}/list.csv`, "--json"],
  ]);
  assertEquals(listed.code, 0, listed.text);
  assert(listed.text.includes(`"images":${rows.length - 1},`), listed.text);
});

test("wrong credentials and missing permissions end a task, which tells no secret", async () => {
  const place = chain.place();
  const secret = "not-the-secret-of-this-key";
  const fault = "Cannot list";
  for (
    const [env, reason] of [
      [
        { AWS_SECRET_ACCESS_KEY: secret },
        "the secret key is not that of the access key",
      ],
      [
        { AWS_ACCESS_KEY_ID: secret },
        "the server does not know the access key",
      ],
      [
        { HEADSTART_NET: "", AWS_SECRET_ACCESS_KEY: secret },
        `this task has no permission to connect to "127.0.0.1:${chain.node.port}": set HEADSTART_NET=--allow-net=127.0.0.1:${chain.node.port}`,
      ],
    ] as const
  ) {
    const { code, text } = await place.run(PREPARE, env);
    assertEquals(code, 1, text);
    assert(text.includes(`error: ${fault} "${place.url}/" as ${reason}`), text);
    assertEquals(text.includes(secret), false);
  }
  assertEquals(await place.store.list(""), []);
});

Deno.test({
  name:
    "the tasks connect to the server that is named and to no other, and leave nothing on the disk",
  ignore: !HAS_SERVER || !await hasStrace(),
  fn: async () => {
    await using folder = await tempDir();
    const home = await freshHome(folder.path);
    const place = chain.place();
    for (const [task, ...args] of CHAIN) {
      const { code, output, ...trace } = await watch([
        ...[Deno.execPath(), "task", "--quiet", task, ...args],
        ...["--work", place.url],
      ], {
        cwd: PROJECT,
        env: { ...place.env, ...home, DENO_WEBGPU_BACKEND: "metal" },
        log: folder.join("strace.log"),
      });
      assertEquals(code, 0, output);
      const work = folder.join("work");
      const { files, addresses } = outside(trace, { env: home, work, task });
      assertEquals(addresses, [
        `{sa_family=AF_INET, sin_port=htons(${chain.node.port}), sin_addr=inet_addr("127.0.0.1")}`,
      ]);
      const copies = `${home.TMPDIR}/headstart-`;
      assertEquals(files.filter((path) => !path.startsWith(copies)), []);
      assertEquals(await Array.fromAsync(Deno.readDir(home.TMPDIR!)), []);
    }
    await place.check();
  },
});
