import { assertEquals, assertThrows } from "@std/assert";
import { DownloadError } from "../../pipeline/weights/download_error.ts";
import {
  checkSource,
  type DownloadSource,
  findMismatch,
} from "../../pipeline/weights/download_source.ts";

const URL_OF_FILE = "https://example.org/w.pth";
const SHA256 = "ab".repeat(32);
const MD5 = "cd".repeat(16);

Deno.test.each([
  ["w.pth", "it is not an address"],
  ["http://example.org/w.pth", "it is not https"],
])("checkSource() refuses %s", (url, reason) => {
  assertThrows(
    () => checkSource({ url }),
    DownloadError,
    `Cannot download "${url}" as ${reason}`,
  );
});

Deno.test.each<[Partial<DownloadSource>, typeof Error, string]>([
  [
    { sha256: "abcdef1" },
    SyntaxError,
    'as sha256 must be 8 to 64 hex digits: current value is "abcdef1"',
  ],
  [{ sha256: "xbcdef12" }, SyntaxError, "as sha256 must be 8 to 64 hex digits"],
  [{ md5: SHA256 }, SyntaxError, "as md5 must be 32 hex digits"],
  [
    { sizeBytes: 0 },
    RangeError,
    "as sizeBytes must be a positive integer: current value is 0",
  ],
])("checkSource() refuses %o", (source, type, message) => {
  assertThrows(
    () => checkSource({ url: URL_OF_FILE, ...source }),
    type,
    `Cannot download "${URL_OF_FILE}" ${message}`,
  );
});

Deno.test("findMismatch() takes digests in capitals, whole or their start", () => {
  const digests = { sha256: SHA256, md5: MD5 };
  for (const sha256 of [SHA256.toUpperCase(), SHA256.slice(0, 8)]) {
    const source = { url: URL_OF_FILE, sha256, md5: MD5.toUpperCase() };
    assertEquals(findMismatch(source, undefined, digests), undefined);
  }
});

Deno.test("findMismatch() goes by the record unless a whole SHA-256 is published", () => {
  const digests = { sha256: SHA256 };
  const recorded = "00".repeat(32);
  const whole = { url: URL_OF_FILE, sha256: SHA256 };
  assertEquals(findMismatch(whole, recorded, digests), undefined);
  const start = { url: URL_OF_FILE, sha256: SHA256.slice(0, 8) };
  assertEquals(findMismatch(start, recorded, digests), {
    algorithm: "SHA-256",
    expected: recorded,
    actual: SHA256,
    from: "recorded",
  });
});
