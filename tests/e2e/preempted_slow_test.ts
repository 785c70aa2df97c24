/**
 * A part that a scheduler takes the machine from: SIGTERM, and some time later
 * SIGKILL.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { FileStore } from "../../pipeline/artifact/file_store.ts";
import { FakeServer } from "../s3/fake_server.ts";
import { FIXTURES } from "../support/fixtures.ts";
import { tempDir } from "../support/temp_dir.ts";
import { digestTree, PROJECT } from "./support.ts";

/** Time from SIGTERM to SIGKILL, in milliseconds: less than schedulers give. */
const GRACE_MS = 20_000;

/** Photos on a server that can be told to answer no more, so that a shard takes as long as is wanted. */
async function servePhotos() {
  const server = new FakeServer();
  const photos = new FileStore(new URL("images/", FIXTURES));
  for (const { path } of await photos.list("")) {
    const bytes = new Uint8Array((await photos.read(path))!);
    const tag = `"${path}"`;
    const modifiedMs = server.nowMs;
    server.objects.set(`photos/${path}`, { bytes, tag, modifiedMs, mark: "" });
  }
  const asked = Promise.withResolvers<void>();
  return {
    server,
    /** Resolves when a photo is asked for that does not come. */
    asked: asked.promise,
    hold() {
      server.instead = ({ method }) => {
        if (method !== "GET") return undefined;
        asked.resolve();
        return new Response(new ReadableStream());
      };
    },
    release: () => void (server.instead = () => undefined),
  };
}

Deno.test({
  name:
    "a part that gets SIGTERM within a long shard leaves before SIGKILL, and its next start gives the bytes of one program",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using directory = await tempDir();
    const { server, asked, hold, release } = await servePhotos();
    await using _server = server;
    const { credentials, endpoint } = server.access();
    const start = (...args: string[]) =>
      new Deno.Command(Deno.execPath(), {
        args: [
          ...["run", "--quiet", "-P=prepare"],
          `--allow-net=${new URL(endpoint!).host}`,
          ...["tasks/confined.ts", "prepare", ...args],
        ],
        cwd: PROJECT,
        env: {
          AWS_ENDPOINT_URL: endpoint!,
          AWS_ACCESS_KEY_ID: credentials.accessKeyId,
          AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
          NO_COLOR: "1",
        },
        stdin: "null",
        stdout: "null",
        stderr: "piped",
      }).spawn();
    /** Runs the task to its end; returns its exit code, and what it said where that is another than is wanted. */
    const run = async (...args: string[]) => {
      const { code, stderr } = await start(...args).output();
      return code === 0 ? code : new TextDecoder().decode(stderr);
    };
    const settings = ["--data=s3://photos", "--image-size=32"];
    const [one, parts] = [directory.join("one"), directory.join("parts")];
    const work = `--work=${parts}`;
    assertEquals(await run(`--work=${one}`, ...settings), 0);
    assertEquals(await run(work, "--index", ...settings), 0);

    hold();
    const part = start(work, "--part=0/1");
    await asked;
    part.kill("SIGTERM");
    const kill = setTimeout(() => part.kill("SIGKILL"), GRACE_MS);
    const { code, signal, stderr } = await part.output();
    clearTimeout(kill);
    const text = new TextDecoder().decode(stderr);
    assertEquals([code, signal], [130, null], text);

    release();
    assertEquals(await run(work, "--part=0/1"), 0);
    assertEquals(await run(work, "--seal"), 0);
    const digest = async (root: string) =>
      Object.entries(await digestTree(root))
        .filter(([path]) => path.startsWith("artifacts/"));
    assertEquals(await digest(parts), await digest(one));
  },
});
