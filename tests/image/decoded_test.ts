import { assertEquals } from "@std/assert";
import { sha256 } from "../../pipeline/artifact/digest.ts";
import { decodePixels } from "../support/decode_pixels.ts";
import { HAS_SHARED, readFixture, readShared } from "../support/fixtures.ts";

/** Digests of Pillow's pixels, by the path of the JPEG. */
const GOLDEN: [path: string, digest: string][] = Object.entries(
  JSON.parse(
    new TextDecoder().decode(await readFixture("golden/decoded.json")),
  ),
);

/** Those of one folder. */
function goldenOf(folder: string): [path: string, digest: string][] {
  return GOLDEN.filter(([path]) => path.startsWith(`${folder}/`));
}

/** The digest of the pixels that a file holds. */
async function digestOf(bytes: Uint8Array): Promise<string> {
  return await sha256((await decodePixels(bytes)).data);
}

/** Kinds that imagescript decodes: close to Pillow, not to the bit. */
const CLOSE = ["jpegs/410.jpg", "jpegs/cmyk.jpg"];

const KINDS = goldenOf("jpegs").filter(([path]) => !CLOSE.includes(path));

Deno.test.each(CLOSE)("decodeImage() refuses no whole %s", async (path) => {
  const { width, height } = await decodePixels(await readFixture(path));
  assertEquals([width, height], [61, 45]);
});

Deno.test.each(KINDS)(
  "decodeImage() gives Pillow's pixels of %s",
  async (path, digest) => {
    assertEquals(await digestOf(await readFixture(path)), digest);
  },
);

Deno.test("decodeImage() gives Pillow's pixels of every embedded JPEG", async () => {
  const golden = goldenOf("images");
  assertEquals(golden.length, 145);
  for (const [path, digest] of golden) {
    assertEquals(await digestOf(await readFixture(path)), digest, path);
  }
});

Deno.test({
  name: "decodeImage() gives Pillow's pixels of every flower",
  ignore: !HAS_SHARED,
  async fn() {
    const golden = goldenOf("flowers");
    assertEquals(golden.length, 210);
    for (const [path, digest] of golden) {
      const bytes = await readShared(`data/${path}`);
      assertEquals(await digestOf(bytes), digest, path);
    }
  },
});
