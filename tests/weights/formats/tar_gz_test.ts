import { assertEquals, assertRejects } from "@std/assert";
import {
  extractCheckpoint,
  isGzip,
} from "../../../pipeline/weights/formats/tar_gz.ts";
import { FormatError } from "../../../pipeline/errors.ts";

/** Compresses bytes. */
async function gzip(bytes: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([bytes as BlobPart]).stream()
    .pipeThrough(new CompressionStream("gzip"));
  return await new Response(stream).bytes();
}

/** An archive with one entry, as `tar` writes it. */
function tar(name: string, content: Uint8Array, size = content.length) {
  const bytes = new Uint8Array(
    512 + Math.ceil(content.length / 512) * 512 + 1024,
  );
  const put = (text: string, at: number) =>
    bytes.set(new TextEncoder().encode(text), at);
  put(name, 0);
  put(`${size.toString(8).padStart(11, "0")}\0`, 124);
  put("        0", 148);
  const sum = bytes.subarray(0, 512).reduce((a, b) => a + b, 0);
  put(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  bytes.set(content, 512);
  return bytes;
}

const CONTENT = Uint8Array.from({ length: 700 }, (_, i) => i * 37 % 251);

/** Asserts that an archive is refused. */
async function assertRefused(bytes: Uint8Array, message: string) {
  await assertRejects(
    () => extractCheckpoint(bytes, "a.tar.gz"),
    FormatError,
    `Cannot read "a.tar.gz" as an archive of weights as ${message}`,
  );
}

Deno.test("extractCheckpoint() takes out the checkpoint, whatever its folder", async () => {
  const archive = await gzip(tar("../resnet_v1_101.ckpt", CONTENT));
  assertEquals(isGzip(archive), true);
  assertEquals(await extractCheckpoint(archive, "a.tar.gz"), CONTENT);
});

Deno.test("extractCheckpoint() refuses an archive without a checkpoint", async () => {
  const archive = await gzip(tar("readme.txt", CONTENT));
  await assertRefused(archive, "it must hold a .ckpt file: it holds none");
});

Deno.test("extractCheckpoint() refuses what unpacks to far more than it is", async () => {
  const bomb = await gzip(tar("a.ckpt", new Uint8Array(10_000_000)));
  const limit = bomb.length * 20;
  await assertRefused(bomb, `it must unpack to at most ${limit} bytes`);
});

Deno.test("extractCheckpoint() refuses sizes past the end", async () => {
  const archive = await gzip(tar("a.ckpt", CONTENT, 2 ** 30));
  await assertRefused(archive, 'the size of "a.ckpt" is past its end');
});

Deno.test("extractCheckpoint() refuses damaged bytes, wherever", async () => {
  const archive = await gzip(tar("a.ckpt", CONTENT));
  for (let i = 10; i < archive.length; i++) {
    const damaged = archive.slice();
    damaged[i]! ^= 0x55;
    await assertRejects(() => extractCheckpoint(damaged, "a"), FormatError);
  }
});
