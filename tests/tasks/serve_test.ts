/**
 * `deno task serve` as a program.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { evaluate, openWorkspace, prepare, train } from "../../mod.ts";
import { runTask } from "../e2e/support.ts";
import { QUICK } from "../run/support.ts";
import { residentBytes, sendRaw, startProcess } from "../serve/process.ts";
import { type TempDir, tempDir } from "../support/temp_dir.ts";
import { walkFiles } from "../support/walk_files.ts";

const PHOTOS = fromFileUrl(new URL("../../fixtures/images/", import.meta.url));
const LEAF = await Deno.readFile(`${PHOTOS}val/leaf/leaf_21.jpg`);

/** Photos of the fixtures that are classified; as many as a form may have nearly. */
const MANY = 60;
const TOKEN = "a token that is long enough";

/** Trains a run quickly. */
async function trainRun(work: string, settings = {}): Promise<void> {
  using workspace = await openWorkspace(work);
  await prepare(workspace, { settings: { ...QUICK, ...settings } });
  await train(workspace);
}

/** A work directory with a trained run. */
async function trained(): Promise<TempDir> {
  const directory = await tempDir();
  await trainRun(directory.path);
  return directory;
}

/** Classifies a photo; returns the status and the answer. */
async function classify(address: string, body: BodyInit = LEAF, query = "") {
  const url = `${address}/api/classify${query}`;
  const response = await fetch(url, { method: "POST", body });
  return { status: response.status, answer: await response.json() };
}

Deno.test("serve answers what predict does, one photo or several at a time", async () => {
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
  let isOver = false;
  const statuses = new Set<number>();
  const load = (async () => {
    while (!isOver) statuses.add((await classify(server.address)).status);
  })();
  await trainRun(directory.path, { epochs: 3 });
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
  for (
    const [args, code, message] of [
      [["--port", "x"], 2, "Cannot use --port as it must be an integer from 0"],
      [["--threshold", "2"], 2, "Cannot use --threshold as it must be"],
      [["--cert", short], 2, "Cannot use TLS as both --cert and --key"],
      [["--token-file", "gone"], 2, 'Cannot use --token-file as "gone"'],
      [["--token-file", short], 2, "at least 16 characters: it has 5"],
      [["--run", "a,b"], 1, 'Cannot use run "a" as there is none'],
    ] as const
  ) {
    const own = ["--work", directory.path];
    const run = await runTask("serve", [...args, ...own]);
    assertEquals([run.code, run.stdout], [code, ""], run.stderr);
    assert(run.stderr.includes(message), run.stderr);
  }
});

Deno.test("serve speaks TLS, and asks for its token", async () => {
  await using directory = await trained();
  const tls = fromFileUrl(new URL("../../fixtures/tls/", import.meta.url));
  const file = directory.join("token.txt");
  await Deno.writeTextFile(file, `${TOKEN}\n`);
  await using server = await startProcess(directory.path, [
    "--cert",
    `${tls}server.pem`,
    "--key",
    `${tls}server.key`,
    "--token-file",
    file,
  ]);
  assert(server.address.startsWith("https://127.0.0.1:"), server.address);
  const caCerts = [await Deno.readTextFile(`${tls}ca.pem`)];
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

Deno.test("serve withstands attacks", async (t) => {
  await using directory = await trained();
  await using server = await startProcess(directory.path, ["--timeout", "2"]);
  const { address, port } = server;
  const head = (...lines: string[]) =>
    [...lines, `Host: 127.0.0.1:${port}`, "", ""].join("\r\n");
  const post = (...lines: string[]) =>
    head("POST /api/classify HTTP/1.1", ...lines);
  const isWell = async () =>
    assertEquals((await classify(address)).status, 200);
  await isWell();
  const before = await residentBytes(address);

  /** Sends zeros for as long as they are taken. */
  function* gigabyte(
    start: string,
    frame = (bytes: Uint8Array) => [bytes] as (string | Uint8Array)[],
  ) {
    yield start;
    const bytes = new Uint8Array(2 ** 20);
    for (let i = 0; i < 1024; i++) yield* frame(bytes);
  }

  await t.step("a body of 1 GB that says so is refused unread", async () => {
    const answer = await sendRaw(
      port,
      gigabyte(post(`Content-Length: ${2 ** 30}`)),
    );
    assert(answer.startsWith("HTTP/1.1 413 "), answer);
    assert(answer.includes('"code":"body_too_large"'), answer);
  });

  await t.step("a body of 1 GB that does not say so is cut off", async () => {
    const chunk = (bytes: Uint8Array) => [
      `${bytes.length.toString(16)}\r\n`,
      bytes,
      "\r\n",
    ];
    const answer = await sendRaw(
      port,
      gigabyte(post("Transfer-Encoding: chunked"), chunk),
    );
    assert(answer.startsWith("HTTP/1.1 413 "), answer);
    const grown = await residentBytes(address) - before;
    assert(grown < 400 * 2 ** 20, `${grown}`);
  });

  await t.step(
    "a slow body is refused in time, and holds nobody up",
    async () => {
      const answer = sendRaw(port, [post("Content-Length: 1000"), "slow"]);
      await isWell();
      const text = await answer;
      assert(text.startsWith("HTTP/1.1 408 "), text);
    },
  );

  await t.step("10,000 headers are refused", async () => {
    const headers = Array.from({ length: 10_000 }, (_, i) => `X-${i}: y`);
    const answer = await sendRaw(port, [head("GET / HTTP/1.1", ...headers)]);
    assert(answer.startsWith("HTTP/1.1 400 "), answer);
  });

  await t.step(
    "a request line or headers that are no HTTP are refused",
    async () => {
      for (
        const text of [
          "\0\r\n\r\n",
          "GET / HTTP/9.9\r\n\r\n",
          post("Content-Length: 5", "Transfer-Encoding: chunked") + "x",
        ]
      ) {
        const answer = await sendRaw(port, [text]);
        assert(/^(HTTP\/1.1 400 .*|$)/.test(answer.split("\r\n")[0]!), answer);
      }
    },
  );

  await t.step("a path leads out of nowhere", async () => {
    const secret = "../../../../../../etc/passwd";
    for (
      const path of [
        `/${secret}`,
        `/assets/${secret}`,
        `/assets/${secret.replaceAll("/", "%2f")}`,
        `/report?run=${secret}`,
        `/report?run=default/../../${secret}`,
        `/api/model?run=${secret}`,
        `/api/model?run=%00`,
      ]
    ) {
      const answer = await sendRaw(port, [head(`GET ${path} HTTP/1.1`)]);
      assert(answer.startsWith("HTTP/1.1 404 "), `${path}: ${answer}`);
      assert(!answer.includes("root:"), answer);
    }
    const form = new FormData();
    form.append(secret, new File([LEAF], secret));
    form.append("path", secret);
    const { answer } = await classify(address, form);
    assertEquals(answer.photos.length, 1);
    assertEquals(answer.photos[0].name, secret);
    assert(answer.photos[0].top.length > 0);
  });

  await t.step("a decompression bomb is refused by its header", async () => {
    const png = new Uint8Array(64);
    png.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]);
    png.set(new TextEncoder().encode("IHDR"), 12);
    new DataView(png.buffer).setUint32(16, 12_000);
    new DataView(png.buffer).setUint32(20, 12_000);
    const { status, answer } = await classify(address, png);
    assertEquals([status, answer.error.code], [413, "image_too_large"]);
  });

  await t.step(
    "a file of two formats is what its first bytes say, or nothing",
    async () => {
      const html = new TextEncoder().encode("<script>alert(1)</script>");
      const after = await classify(address, new Blob([LEAF, html]));
      assertEquals(after.status, 200);
      const gif = new TextEncoder().encode(
        "GIF89a/*<script>alert(1)</script>*/",
      );
      for (const body of [new Blob([html, LEAF]), new Blob([gif])]) {
        const { status, answer } = await classify(address, body);
        assertEquals([status, answer.error.code], [422, "not_an_image"]);
      }
    },
  );

  await t.step(
    "another Host, another Origin, another type are refused",
    async () => {
      const size = `Content-Length: ${LEAF.length}`;
      const ask = async (...lines: string[]) => {
        const start = ["POST /api/classify HTTP/1.1", size, ...lines, "", ""];
        const answer = await sendRaw(port, [start.join("\r\n"), LEAF]);
        return answer.split(" ")[1];
      };
      const host = `Host: 127.0.0.1:${port}`;
      assertEquals(await ask(host), "200");
      assertEquals(await ask("Host: evil.example"), "403");
      assertEquals(await ask("X: y"), "403");
      assertEquals(await ask(host, "Host: evil.example"), "400");
      assertEquals(await ask(host, "Origin: https://evil.example"), "403");
      assertEquals(await ask(host, "Origin: null"), "403");
      assertEquals(await ask(host, "Content-Type: text/html"), "415");
    },
  );

  await t.step("a request after SIGTERM finds nobody", async () => {
    await isWell();
    using open = await Deno.connect({ hostname: "127.0.0.1", port });
    using half = await Deno.connect({ hostname: "127.0.0.1", port });
    await half.write(new TextEncoder().encode("GET / HT"));
    assertEquals(await server.stop(), 0);
    assertEquals(await open.read(new Uint8Array(1)).catch(() => null), null);
    const late = await Deno.connect({ hostname: "127.0.0.1", port })
      .catch((error) => error);
    assert(late instanceof Deno.errors.ConnectionRefused, `${late}`);
  });
});
