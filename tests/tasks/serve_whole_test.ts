/**
 * `deno task serve` as a program.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { evaluate, openWorkspace } from "../../mod.ts";
import { runTask } from "../e2e/support.ts";
import { sendRaw, type ServerProcess, startProcess } from "../serve/process.ts";
import { classify, LEAF, PHOTOS, trained, trainRun } from "../serve/trained.ts";
import { tempDir } from "../support/temp_dir.ts";
import { walkFiles } from "../support/walk_files.ts";

/** Folder of a certificate and its key. */
const TLS = fromFileUrl(new URL("../../fixtures/tls/", import.meta.url));

/** Photos of the fixtures that are classified; as many as a form may have nearly. */
const MANY = 60;
const TOKEN = "a token that is long enough";

Deno.test("serve answers what predict does, one photo or several at a time, or in turn", async () => {
  await using directory = await trained();
  const paths = (await Array.fromAsync(walkFiles(PHOTOS)))
    .filter((path) => path.endsWith(".jpg")).toSorted().slice(-MANY)
    .map((path) => `${PHOTOS}${path}`);
  const own = ["--work", directory.path, "--engine", "wasm", "--json"];
  const { stdout } = await runTask("predict", [...paths, ...own]);
  const expected = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
  await using server = await startProcess(directory.path);
  const form = new FormData();
  const files = await Promise.all(paths.map((path) => Deno.readFile(path)));
  paths.forEach((path, i) => form.append("photo", new File([files[i]!], path)));
  const several = await classify(server.address, form);
  const single = await Promise.all(
    files.map((file) => classify(server.address, file)),
  );
  // One after the other they are embedded by the thread that answers.
  for (const [i, file] of files.entries()) {
    const { answer } = await classify(server.address, file);
    assertEquals(answer.top, single[i]!.answer.top);
  }
  assertEquals(paths.length, MANY);
  for (const [i, { top }] of expected.entries()) {
    for (
      const answer of [several.answer.photos[i], single[i]!.answer]
    ) {
      assertEquals(answer.top[0].class, top[0].class);
      for (const { class: name, probability } of top) {
        const other = answer.top.find((one: { class: string }) =>
          one.class === name
        );
        assert(Math.abs(other.probability - probability) < 1e-5);
      }
    }
  }
  assertEquals(await server.stop(), 0);
});

Deno.test("serve answers every request it took before SIGTERM, and no other", async () => {
  await using directory = await trained();
  await using server = await startProcess(directory.path);
  let [answered, others, refused] = [0, 0, 0];
  const enough = Promise.withResolvers<void>();
  const clients = Array.from({ length: 16 }, async () => {
    while (true) {
      try {
        const { status } = await classify(server.address);
        if (status === 200) answered++;
        else others++;
      } catch {
        refused++;
        return;
      }
      if (answered === 100) enough.resolve();
    }
  });
  await enough.promise;
  assertEquals(await server.stop("SIGTERM"), 0);
  await Promise.all(clients);
  assertEquals(refused, clients.length);
  const done = server.log.filter(({ event }) => event === "request");
  const count = (status: number) =>
    done.filter((entry) => entry.status === status).length;
  // A request that came on an open connection while the server stopped is told so.
  assertEquals([answered, others], [count(200), count(503)]);
  assertEquals(done.length, answered + others);
  assertEquals(server.log.at(-1)!.event, "stopped");
});

/** Sends half a photo, then SIGTERM, then the rest; returns the statuses of this and of a late photo. */
async function stopWithin(server: ServerProcess, rest: Uint8Array) {
  const { address, port, log } = server;
  let late: number | undefined;
  async function* body() {
    yield `POST /api/classify HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n`;
    yield `Content-Length: ${LEAF.length}\r\n\r\n`;
    yield LEAF.subarray(0, LEAF.length / 2);
    await (await fetch(`${address}/healthz`)).body!.cancel();
    void server.stop("SIGTERM");
    while (!log.some(({ event }) => event === "stopping")) {
      await new Promise((next) => setTimeout(next, 10));
    }
    late = (await classify(address)).status;
    yield rest;
  }
  const answer = await sendRaw(port, body());
  return [Number(answer.split(" ")[1]), late, await server.stop()];
}

Deno.test("serve reads a body to its end after SIGTERM, and does not wait for ever", async () => {
  await using directory = await trained();
  {
    await using server = await startProcess(directory.path);
    const rest = LEAF.subarray(LEAF.length / 2);
    assertEquals(await stopWithin(server, rest), [200, 503, 0]);
  }
  await using server = await startProcess(directory.path, ["--timeout", "2"]);
  assertEquals(await stopWithin(server, new Uint8Array()), [408, 503, 0]);
});

Deno.test("serve takes a run that is trained anew, and drops no request", async () => {
  await using directory = await trained();
  await using server = await startProcess(directory.path);
  const read = async () => {
    const response = await fetch(`${server.address}/api/model`);
    const { fingerprint, metrics, hasReport } = await response.json();
    return { fingerprint, isEvaluated: metrics !== null, hasReport };
  };
  const first = await read();
  assertEquals([first.isEvaluated, first.hasReport], [false, false]);
  let [isTrained, isOver] = [false, false];
  const statuses = new Set<number>();
  const load = (async () => {
    while (!isOver) {
      statuses.add((await classify(server.address)).status);
      // Without a pause the training would wait for the processor.
      if (!isTrained) await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  await trainRun(directory.path, { epochs: 3 });
  isTrained = true;
  {
    using workspace = await openWorkspace(directory.path);
    await evaluate(workspace);
  }
  let last = first;
  while (!last.hasReport) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    last = await read();
  }
  isOver = true;
  await load;
  assert(last.fingerprint !== first.fingerprint);
  assert(last.isEvaluated);
  assertEquals([...statuses], [200]);
  const report = await fetch(`${server.address}/report`);
  assert((await report.text()).startsWith("<!doctype html>"));
});

Deno.test("serve says what is wrong with its flags", async () => {
  await using directory = await tempDir();
  const short = directory.join("short.txt");
  await Deno.writeTextFile(short, "short");
  const umlaut = directory.join("umlaut.txt");
  await Deno.writeTextFile(umlaut, "0123456789abcdef\u00e4");
  for (
    const [args, code, message] of [
      [["--port", "65536"], 2, "must be an integer from 0 to 65535"],
      [["--threshold", "2"], 2, "Cannot use --threshold as it must be"],
      [["--cert", short], 2, "Cannot use TLS as both --cert and --key"],
      [["--token-file", "gone"], 2, 'Cannot use --token-file as "gone"'],
      [["--token-file", short], 2, "at least 16 characters: it has 5"],
      [
        ["--token-file", umlaut],
        2,
        "takes only one line of ASCII",
      ],
      [
        ["--cert", short, "--key", `${TLS}server.key`],
        2,
        "hold a certificate in PEM",
      ],
      [
        ["--cert", `${TLS}server.pem`, "--key", short],
        2,
        "hold a private key in PEM",
      ],
      [["--run", ","], 2, "must be the name of a run or more, between commas"],
      [["--hosts", "http://a.org"], 2, "must be host names without a scheme"],
      [
        ["--origins", "a.org"],
        2,
        "must be origins such as https://example.org",
      ],
      [["--origins", "tauri://a", "--timeout", "0"], 2, "--timeout"],
      [["--listen", "::1", "--port", "1e3", "--timeout", "0"], 2, "--timeout"],
      [["--listen", "192.0.2.1"], 2, "must be an address that Deno lets this"],
      [["--engine", "gpu"], 2, "must be one of auto, webgpu, cpu, wasm"],
      [["--timeout", "86401"], 2, "must be an integer from 1 to 86400"],
      [["--wait", "1e9"], 2, "must be an integer from 0 to 86400000"],
      [["--run", "a,b"], 1, 'Cannot use run "a" as there is none'],
    ] as const
  ) {
    const own = ["--work", directory.path];
    const run = await runTask("serve", [...args, ...own]);
    assertEquals([run.code, run.stdout], [code, ""], run.stderr);
    assert(run.stderr.includes(message), run.stderr);
  }
});

Deno.test("serve says that its port is taken", async () => {
  await using directory = await trained();
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr as Deno.NetAddr;
  const flags = ["--port", `${port}`, "--work", directory.path, "--quiet"];
  const { code, stderr } = await runTask("serve", flags);
  assertEquals({ code, stderr }, {
    code: 1,
    stderr:
      `error: Cannot listen on port ${port} as another program does: give another --port, or 0 for any\n`,
  });
});

Deno.test("serve speaks TLS, and asks for its token", async () => {
  await using directory = await trained();
  const file = directory.join("token.txt");
  await Deno.writeTextFile(file, `${TOKEN}\n`);
  await using server = await startProcess(directory.path, [
    "--cert",
    `${TLS}server.pem`,
    "--key",
    `${TLS}server.key`,
    "--token-file",
    file,
  ]);
  assert(server.address.startsWith("https://127.0.0.1:"), server.address);
  const caCerts = [await Deno.readTextFile(`${TLS}ca.pem`)];
  using client = Deno.createHttpClient({ caCerts });
  const address = server.address.replace("127.0.0.1", "localhost");
  const ask = (headers = {}) =>
    fetch(`${address}/api/session`, { client, method: "POST", headers });
  const refused = await ask();
  await refused.body?.cancel();
  assertEquals(refused.status, 401);
  const given = await ask({ authorization: `Bearer ${TOKEN}` });
  assertEquals(given.status, 204);
  assert(given.headers.get("set-cookie")!.endsWith("; Secure"));
});
