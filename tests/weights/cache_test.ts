import { createHash } from "node:crypto";
import { assertEquals, assertRejects } from "@std/assert";
import { verifyCached } from "../../pipeline/weights/cache.ts";
import { WrongDigestError } from "../../pipeline/weights/download_error.ts";
import { DigestMismatchError, FormatError } from "../../pipeline/errors.ts";
import { BYTES, SHA256, tlsCase } from "../support/tls_case.ts";
import { serveBytes } from "../support/tls_server.ts";

const MD5 = createHash("md5").update(BYTES).digest("hex");
const ZEROS = "0".repeat(64);

/** A case whose server sends the file. */
function fileCase() {
  return tlsCase((request) => serveBytes(request, BYTES));
}

Deno.test.each([
  [{ sha256: ZEROS }, `SHA-256 is ${SHA256}, expected ${ZEROS}`],
  [{ sha256: "00000000" }, `SHA-256 is ${SHA256}, expected 00000000`],
  [{ md5: "0".repeat(32) }, `MD5 is ${MD5}, expected ${"0".repeat(32)}`],
])(
  "download() removes what has another digest than %o",
  async (source, digests) => {
    await using it = await fileCase();
    const error = await assertRejects(
      () => it.get(source),
      WrongDigestError,
      `Cannot download "${it.url}" as its bytes are not the published ones: ${digests}`,
    );
    assertEquals(error instanceof DigestMismatchError, true);
    assertEquals(await it.files(), ["weights.pth.lock"]);
    assertEquals(it.server.requests.length, 1);
  },
);

Deno.test.each([{}, { sha256: SHA256.slice(0, 8) }, { md5: MD5 }])(
  "download() records the first SHA-256 when %o is published",
  async (source) => {
    await using it = await fileCase();
    await it.get(source);
    const record = await Deno.readTextFile(`${it.target}.sha256`);
    assertEquals(record, `${SHA256}  weights.pth\n`);
    const cached = await verifyCached({ url: it.url, ...source }, it.target);
    assertEquals(cached, SHA256);
  },
);

Deno.test("download() records nothing when the whole SHA-256 is published", async () => {
  await using it = await fileCase();
  await it.get({ sha256: SHA256 });
  assertEquals(await it.files(), ["weights.pth", "weights.pth.lock"]);
});

Deno.test("download() holds a file to its record", async () => {
  await using it = await fileCase();
  await it.get();
  const other = BYTES.map((byte) => byte ^ 1);
  await Deno.writeFile(it.target, other);
  await assertRejects(
    () => it.get(),
    DigestMismatchError,
    `Cannot use "${it.target}" as its bytes have changed since they were written: SHA-256 was ${SHA256}, is `,
  );
  assertEquals(await Deno.readFile(it.target), other);
});

Deno.test("download() holds a second download to the record of the first", async () => {
  await using it = await tlsCase((request, count) =>
    serveBytes(request, count === 0 ? BYTES : BYTES.map((byte) => byte ^ 1))
  );
  await it.get();
  await Deno.remove(it.target);
  await assertRejects(
    () => it.get(),
    WrongDigestError,
    `Cannot download "${it.url}" as its bytes are not those of the first download: SHA-256 is `,
  );
  assertEquals(await it.files(), ["weights.pth.lock", "weights.pth.sha256"]);
});

Deno.test("download() records a file that was placed by hand", async () => {
  await using it = await fileCase();
  await it.get();
  await Deno.remove(`${it.target}.sha256`);
  const source = { url: it.url };
  assertEquals(await verifyCached(source, it.target), SHA256);
  assertEquals(await it.files(), ["weights.pth", "weights.pth.lock"]);
  await it.get();
  const record = await Deno.readTextFile(`${it.target}.sha256`);
  assertEquals(record, `${SHA256}  weights.pth\n`);
  assertEquals(it.server.requests.length, 1);
});

Deno.test("verifyCached() returns undefined when there is no file", async () => {
  await using it = await fileCase();
  assertEquals(await verifyCached({ url: it.url }, it.target), undefined);
});

Deno.test("verifyCached() refuses a file that is not the published one", async () => {
  await using it = await fileCase();
  await it.get();
  await assertRejects(
    () => verifyCached({ url: it.url, sha256: ZEROS }, it.target),
    WrongDigestError,
    `Cannot use "${it.target}" as it is not the published file: SHA-256 is ${SHA256}, expected ${ZEROS}`,
  );
  await assertRejects(
    () => verifyCached({ url: it.url, sizeBytes: 7 }, it.target),
    FormatError,
    `Cannot use "${it.target}" as it has ${BYTES.length} bytes, expected 7`,
  );
});

Deno.test("verifyCached() refuses a damaged record", async () => {
  await using it = await fileCase();
  await it.get();
  await Deno.writeTextFile(`${it.target}.sha256`, "abc");
  await assertRejects(
    () => verifyCached({ url: it.url }, it.target),
    FormatError,
    `Cannot read "${it.target}.sha256" as it must start with 64 hex digits and a space`,
  );
});

Deno.test("verifyCached() can be cancelled", async () => {
  await using it = await fileCase();
  await it.get();
  const signal = AbortSignal.abort(new Error("stop"));
  const source = { url: it.url };
  await assertRejects(
    () => verifyCached(source, it.target, { signal }),
    Error,
    "stop",
  );
});
