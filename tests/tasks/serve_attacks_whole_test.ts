/**
 * Attacks on `deno task serve`, as a program.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { residentBytes, sendRaw, startProcess } from "../serve/process.ts";
import { classify, LEAF, trained } from "../serve/trained.ts";

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

  await t.step(
    "a body that does not say how long it is is refused unread",
    async () => {
      const chunk = (bytes: Uint8Array) => [
        `${bytes.length.toString(16)}\r\n`,
        bytes,
        "\r\n",
      ];
      const answer = await sendRaw(
        port,
        gigabyte(post("Transfer-Encoding: chunked"), chunk),
      );
      assert(answer.startsWith("HTTP/1.1 411 "), answer);
      assert(answer.includes('"code":"length_required"'), answer);
      const grown = await residentBytes(address) - before;
      assert(grown < 400 * 2 ** 20, `${grown}`);
    },
  );

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
      // "/*<s" are a width and a height of 318 megapixels.
      for (
        const [body, status, code] of [
          [new Blob([html, LEAF]), 422, "not_an_image"],
          [new Blob([gif]), 413, "image_too_large"],
        ] as const
      ) {
        const got = await classify(address, body);
        assertEquals([got.status, got.answer.error.code], [status, code]);
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
