/**
 * A real S3 server on this machine: Ceph's object gateway.
 *
 * @module
 */

import { fromFileUrl } from "@std/path";
import { StoreClient } from "../../pipeline/s3/client.ts";
import { type Access, findAccess } from "../../pipeline/s3/credentials.ts";
import { tempDir } from "../support/temp_dir.ts";

/** What starts and stops it. */
const SCRIPT: string = fromFileUrl(new URL("node.sh", import.meta.url));

/** Runs a program; returns whether it succeeded. */
async function run(program: string, ...args: string[]): Promise<boolean> {
  const command = new Deno.Command(program, { args, stderr: "inherit" });
  return (await command.output()).success;
}

/** Whether Debian's packages radosgw, ceph-mon and ceph-osd are installed: the tests are ignored where they are not. */
export const HAS_SERVER: boolean = await run(
  "sh",
  "-c",
  "for name in radosgw radosgw-admin ceph-mon ceph-osd ceph; do command -v $name >/dev/null || exit 1; done",
);

/**
 * Finds a port with forty free ones above it, most likely. It is not one that the
 * system gives to connections: while the server is down, one could take it.
 */
function findPort(): number {
  while (true) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    try {
      Deno.listen({ hostname: "127.0.0.1", port }).close();
      return port;
    } catch {
      // It is taken.
    }
  }
}

/** A server with an empty bucket. */
export interface S3Node extends AsyncDisposable {
  /** Environment variables that lead there. */
  env: Record<string, string>;
  /** Says where it is and who asks. */
  access: () => Access;
  /** Its port. */
  port: number;
  /** Name of the bucket. */
  bucket: string;
  /** Ends it with SIGKILL. */
  kill(): Promise<void>;
  /** Starts it again. */
  restart(): Promise<void>;
}

/** Environment variables as `Deno.env` has them. */
export function envOf(variables: Record<string, string>) {
  return { get: (name: string) => variables[name] };
}

/** Starts a server; it takes some 8 s. */
export async function startNode(): Promise<S3Node> {
  const directory = await tempDir();
  let port = String(findPort());
  const does = async (verb: string, ...more: string[]) => {
    if (await run("bash", SCRIPT, verb, directory.path, ...more)) return;
    throw new Error(`Cannot ${verb} the S3 server in "${directory.path}"`);
  };
  // Another program may have taken one of its ports meanwhile.
  for (
    let tries = 3;
    !await run("bash", SCRIPT, "start", directory.path, port);
  ) {
    if (--tries === 0) throw new Error("Cannot start an S3 server");
    port = String(findPort());
  }
  const env = {
    AWS_ACCESS_KEY_ID: "S3TESTKEY000000000001",
    AWS_SECRET_ACCESS_KEY: "s3testsecret0000000000000000000000000001",
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
  };
  const access = () => findAccess(envOf(env), () => undefined);
  const bucket = "tests";
  const at = { bucket, key: "" };
  await new StoreClient(access).send({ method: "PUT", at, doing: "make" });
  return {
    env,
    access,
    port: Number(port),
    bucket,
    kill: () => does("kill"),
    restart: () => does("start", port),
    async [Symbol.asyncDispose]() {
      await does("stop");
      await directory[Symbol.asyncDispose]();
    },
  };
}
