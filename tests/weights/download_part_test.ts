import { assertEquals, assertRejects } from "@std/assert";
import { DownloadError } from "../../pipeline/weights/download_error.ts";
import { validatorOf } from "../../pipeline/weights/download_part.ts";
import { BYTES, SHA256, tlsCase } from "../support/tls_case.ts";
import { startDownload } from "../support/tls_download.ts";
import { serveBytes } from "../support/tls_server.ts";

const ETAG = { headers: { etag: '"1"' } };

/** Whether a file system of its own, and small, can be had here. */
const hasSmallDisk = Deno.build.os === "linux" && await canMount();

/** Tries to mount one. */
async function canMount(): Promise<boolean> {
  const args = ["-rm", "mount", "-t", "tmpfs", "none", "/mnt"];
  const command = new Deno.Command("unshare", { args, stderr: "null" });
  try {
    return (await command.output()).success;
  } catch {
    return false;
  }
}

/** Makes each write to a file fail with a code after the first ones. */
function failWrites(after: number, code: string): Disposable {
  const { write } = Deno.FsFile.prototype;
  let count = 0;
  Deno.FsFile.prototype.write = function (bytes) {
    if (bytes.length < 1000 || count++ < after) return write.call(this, bytes);
    const error = Object.assign(new Error(`${code} happened`), { code });
    return Promise.reject(error);
  };
  return {
    [Symbol.dispose]() {
      Deno.FsFile.prototype.write = write;
    },
  };
}

Deno.test.each(["ENOSPC", "EDQUOT"])(
  "append() says what is needed on %s, and the next download continues",
  async (code) => {
    await using it = await tlsCase((request) =>
      serveBytes(request, BYTES, ETAG)
    );
    let error: DownloadError;
    {
      using _full = failWrites(3, code);
      error = await assertRejects(() => it.get(), DownloadError);
    }
    const { size } = await Deno.stat(`${it.target}.part`);
    assertEquals(
      error.message,
      `Cannot download "${it.url}" as the disk is full: "${it.target}.part" has ${size} bytes and needs ${
        BYTES.length - size
      } more bytes`,
    );
    const result = await it.get({ sha256: SHA256 });
    assertEquals(result.fetchedBytes, BYTES.length - size);
  },
);

Deno.test("append() says that the disk is full where no size is known", async () => {
  await using it = await tlsCase((request) =>
    serveBytes(request, BYTES, { length: false })
  );
  using _full = failWrites(0, "ENOSPC");
  await assertRejects(
    () => it.get(),
    DownloadError,
    `as the disk is full: "${it.target}.part" has 0 bytes and needs more bytes`,
  );
});

Deno.test("append() names the file when it fails otherwise", async () => {
  await using it = await tlsCase((request) => serveBytes(request, BYTES));
  using _broken = failWrites(0, "EIO");
  await assertRejects(
    () => it.get(),
    Error,
    `Cannot write "${it.target}.part": EIO happened`,
  );
  assertEquals(it.server.requests.length, 1);
});

Deno.test("append() stops at the end of a real disk", {
  ignore: !hasSmallDisk,
}, async () => {
  await using it = await tlsCase((request) => serveBytes(request, BYTES));
  const script = 'mount -t tmpfs -o size=128k none /mnt && exec "$@"';
  const child = startDownload(it.url, "/mnt/w", {
    net: new URL(it.url).host,
    prefix: ["unshare", "-rm", "sh", "-c", script, "sh"],
  });
  const { stdout } = await child.output();
  const lines = new TextDecoder().decode(stdout).trim().split("\n");
  const message = lines.at(-1)!.replace(/\d+ bytes and needs \d+/, "A, B");
  assertEquals(
    message,
    `Cannot download "${it.url}" as the disk is full: "/mnt/w.part" has A, B more bytes`,
  );
});

Deno.test("open() empties a part of another address", async () => {
  await using it = await tlsCase((request) => serveBytes(request, BYTES, ETAG));
  await it.interrupt();
  const url = `${it.server.origin}/other.pth`;
  const result = await it.get({ url });
  assertEquals(it.server.requests[1]!.headers.get("range"), null);
  assertEquals(result.sha256, SHA256);
});

Deno.test.each(["", "{", "null", '{"url":7}'])(
  "open() empties a part with %s as its origin",
  async (text) => {
    await using it = await tlsCase((request) =>
      serveBytes(request, BYTES, ETAG)
    );
    await it.interrupt();
    await Deno.writeTextFile(`${it.target}.part.json`, text);
    const result = await it.get({ sha256: SHA256 });
    assertEquals(result.fetchedBytes, BYTES.length);
  },
);

Deno.test("open() empties a part without an origin", async () => {
  await using it = await tlsCase((request) => serveBytes(request, BYTES, ETAG));
  await it.interrupt();
  await Deno.remove(`${it.target}.part.json`);
  const result = await it.get({ sha256: SHA256 });
  assertEquals(result.fetchedBytes, BYTES.length);
});

Deno.test.each<[string, Record<string, string>, string | undefined]>([
  ["a strong ETag", { etag: '"a"', "last-modified": "b" }, '"a"'],
  ["the time beside a weak ETag", { etag: 'W/"a"', "last-modified": "b" }, "b"],
  ["nothing of a weak ETag alone", { etag: 'W/"a"' }, undefined],
  ["no endless ETag", { etag: `"${"a".repeat(2000)}"` }, undefined],
  ["nothing of nothing", {}, undefined],
])("validatorOf() takes %s", (_, headers, expected) => {
  assertEquals(validatorOf(new Headers(headers)), expected);
});
