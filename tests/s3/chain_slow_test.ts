/**
 * The three tasks with photos and artifacts on a real server, as programs: the same
 * bytes as on a disk, whatever happens to connection and server.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { FileStore } from "../../pipeline/artifact/file_store.ts";
import type { FileEntry } from "../../pipeline/artifact/store.ts";
import { S3Store } from "../../pipeline/s3/s3_store.ts";
import { outside } from "../e2e/outside.ts";
import { digestStore, digestTree, PROJECT, runTask } from "../e2e/support.ts";
import { FIXTURES } from "../support/fixtures.ts";
import { freshHome } from "../support/fresh_home.ts";
import { hasStrace, watch } from "../support/strace.ts";
import { tempDir } from "../support/temp_dir.ts";
import { startProxy } from "./faulty_proxy.ts";
import { HAS_SERVER, type S3Node, startNode } from "./node.ts";

/** A task and its flags. */
type Call = readonly [task: string, ...args: string[]];

const PREPARE: Call = ["prepare", "--image-size", "64", "--shard-size", "8"];
const TRAIN: Call = ["train", "--epochs", "8"];

/** The three tasks on the embedded photos, in several shards a split. */
const CHAIN: readonly Call[] = [PREPARE, TRAIN, ["eval"]];

const ignore = !HAS_SERVER;

let node: S3Node;
/** Digests of a work directory on the disk. */
let expected: Record<string, string>;

Deno.test.beforeAll(async () => {
  if (ignore) return;
  node = await startNode();
  await using directory = await tempDir();
  for (const [task, ...args] of CHAIN) {
    const { code, stderr } = await runTask(task, [
      ...args,
      ...["--work", directory.path],
    ]);
    assertEquals(code, 0, stderr);
  }
  expected = await digestTree(directory.path, { times: false });
});
Deno.test.afterAll(async () => {
  await node?.[Symbol.asyncDispose]();
});

/** A place on the server, and how it is reached. */
class Place {
  readonly key: string = crypto.randomUUID();
  /** What leads there. */
  readonly env: Record<string, string>;

  /** @param host Host and port of what is between; the server itself if not given. */
  constructor(host = `127.0.0.1:${node.port}`) {
    this.env = {
      ...node.env,
      AWS_ENDPOINT_URL: `http://${host}`,
      HEADSTART_NET: `--allow-net=${host}`,
      NO_COLOR: "1",
    };
  }

  get url(): string {
    return `s3://${node.bucket}/${this.key}`;
  }

  /** Its objects, over a good connection. */
  get store(): S3Store {
    return new S3Store({ bucket: node.bucket, key: this.key }, node.access);
  }

  /** Runs a task there as a person does. */
  async run(
    [task, ...args]: Call,
    env: Record<string, string> = {},
  ): Promise<{ code: number; text: string }> {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["task", "--quiet", task, ...args, "--work", this.url],
      cwd: PROJECT,
      env: { ...this.env, ...env },
      stdin: "null",
    }).output();
    const decoder = new TextDecoder();
    return { code, text: decoder.decode(stdout) + decoder.decode(stderr) };
  }

  /** Runs tasks that must succeed. */
  async complete(calls: readonly Call[]): Promise<void> {
    for (const call of calls) {
      const { code, text } = await this.run(call);
      assertEquals(code, 0, text);
    }
  }

  /** Compares what is there with what is on the disk. */
  async check(): Promise<void> {
    assertEquals(await digestStore(this.store, { times: false }), expected);
    assertEquals(await this.store.list("locks"), []);
    assertEquals(await this.store.unfinished(), []);
  }
}

/** Defines a test that needs the server. */
function test(
  name: string,
  fn: (t: Deno.TestContext) => Promise<void>,
): void {
  Deno.test({ name, ignore, fn });
}

test("the chain writes the same bytes to an object store", async (t) => {
  const place = new Place();
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
      const shard = Object.keys(expected)
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
  await using proxy = startProxy(node.port, 3);
  const place = new Place(proxy.host);
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
  await node.kill();
  await node.restart();
  await embedding;
  await place.complete([TRAIN, ["eval"]]);
  await place.check();
  const counts = Object.values(proxy.counts);
  assert(counts.every((count) => count > 0), JSON.stringify(proxy.counts));
});

test("two tasks at once on each step write the same bytes", async () => {
  const place = new Place();
  for (const call of [PREPARE, TRAIN]) {
    await Promise.all([place.complete([call]), place.complete([call])]);
  }
  await place.complete([["eval"]]);
  await place.check();
});

test("photos and lists are read from an object store", async () => {
  const place = new Place();
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
  const work = new Place();
  const [task, ...flags] = PREPARE;
  await work.complete([[task, ...flags, "--data", `${place.url}/photos`]]);
  const found = await digestStore(work.store, { times: false });
  // The index itself knows the times of the photos.
  const of = (digests: Record<string, string>) =>
    Object.entries(digests).filter(([path]) =>
      /^artifacts\/tensors-/.test(path)
    );
  assertEquals(of(found), of(expected));
  const listed = await new Place().run([
    task,
    ...flags,
    ...["--data", `${place.url}/list.csv`, "--json"],
  ]);
  assertEquals(listed.code, 0, listed.text);
  assert(listed.text.includes(`"images":${rows.length - 1},`), listed.text);
});

test("wrong credentials and missing permissions end a task, which tells no secret", async () => {
  const place = new Place();
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
        `this task has no permission to connect to "127.0.0.1:${node.port}": set HEADSTART_NET=--allow-net=127.0.0.1:${node.port}`,
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
  ignore: ignore || !await hasStrace(),
  fn: async () => {
    await using folder = await tempDir();
    const home = await freshHome(folder.path);
    const place = new Place();
    for (const [task, ...args] of CHAIN) {
      const { code, output, ...trace } = await watch([
        ...[Deno.execPath(), "task", "--quiet", task, ...args],
        ...["--work", place.url],
      ], {
        cwd: PROJECT,
        env: { ...place.env, ...home },
        log: folder.join("strace.log"),
      });
      assertEquals(code, 0, output);
      const work = folder.join("work");
      const { files, addresses } = outside(trace, { env: home, work, task });
      assertEquals(addresses, [
        `{sa_family=AF_INET, sin_port=htons(${node.port}), sin_addr=inet_addr("127.0.0.1")}`,
      ]);
      const copies = `${home.TMPDIR}/headstart-`;
      assertEquals(files.filter((path) => !path.startsWith(copies)), []);
      assertEquals(await Array.fromAsync(Deno.readDir(home.TMPDIR!)), []);
    }
    await place.check();
  },
});
