/**
 * The three tasks as programs with photos and artifacts on a real server, for tests.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { S3Store } from "../../pipeline/s3/s3_store.ts";
import { digestStore, digestTree, PROJECT, runTask } from "../e2e/support.ts";
import { copyMade } from "../support/made_folder.ts";
import { tempDir } from "../support/temp_dir.ts";
import { HAS_SERVER, type S3Node, startNode } from "./node.ts";

/** A task and its flags. */
export type Call = readonly [task: string, ...args: string[]];

/** The first task. */
export const PREPARE: Call = [
  "prepare",
  ...["--image-size", "32", "--shard-size", "8"],
];

/** The second. */
export const TRAIN: Call = ["train", "--epochs", "8"];

/** The three tasks on the embedded photos, in several shards a split. */
export const CHAIN: readonly Call[] = [PREPARE, TRAIN, ["eval"]];

/** The server of a file of tests: started before the first, and stopped after the last. */
export class Chain {
  #node: S3Node | undefined;
  /** Digests of a work directory on the disk. */
  expected: Record<string, string> = {};

  constructor() {
    Deno.test.beforeAll(async () => {
      if (!HAS_SERVER) return;
      this.#node = await startNode();
      await using directory = await tempDir();
      await copyMade("s3-chain", async (root) => {
        for (const [task, ...args] of CHAIN) {
          const flags = [...args, "--work", root];
          const { code, stderr } = await runTask(task, flags);
          assertEquals(code, 0, stderr);
        }
      }, directory.path);
      this.expected = await digestTree(directory.path, { times: false });
    });
    Deno.test.afterAll(async () => {
      await this.#node?.[Symbol.asyncDispose]();
    });
  }

  /** The server. */
  get node(): S3Node {
    return this.#node!;
  }

  /**
   * Names an empty place on the server.
   *
   * @param host Host and port of what is between; the server itself if not given.
   */
  place(host = `127.0.0.1:${this.node.port}`): Place {
    return new Place(this, host);
  }
}

/** A place on the server, and how it is reached. */
export class Place {
  readonly #chain: Chain;
  readonly #key = crypto.randomUUID();
  /** What leads there. */
  readonly env: Record<string, string>;

  constructor(chain: Chain, host: string) {
    this.#chain = chain;
    this.env = {
      ...chain.node.env,
      AWS_ENDPOINT_URL: `http://${host}`,
      HEADSTART_NET: `--allow-net=${host}`,
      NO_COLOR: "1",
    };
  }

  /** Where it is, as a person names it. */
  get url(): string {
    return `s3://${this.#chain.node.bucket}/${this.#key}`;
  }

  /** Its objects, over a good connection. */
  get store(): S3Store {
    const { bucket, access } = this.#chain.node;
    return new S3Store({ bucket, key: this.#key }, access);
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
    assertEquals(
      await digestStore(this.store, { times: false }),
      this.#chain.expected,
    );
    assertEquals(await this.store.list("locks"), []);
    assertEquals(await this.store.unfinished(), []);
  }
}
