import { assertEquals } from "@std/assert";
import { sha256 } from "../../pipeline/artifact/digest.ts";
import { Sha256 } from "../../pipeline/artifact/sha256.ts";

// Source: FIPS 180-2, appendix B.1, and the digest of nothing as hashlib has it.
Deno.test.each([
  ["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
  ["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
])('sha256() digests "%s"', async (text, expected) => {
  assertEquals(await sha256(new TextEncoder().encode(text)), expected);
});

Deno.test("sha256() digests parts as it does the whole", async () => {
  const parts = ["a", "", "bc"].map((text) => new TextEncoder().encode(text));
  assertEquals((await sha256(...parts)).slice(0, 8), "ba7816bf");
});

Deno.test("sha256() digests a view and not what lies around it", async () => {
  const view = new TextEncoder().encode("xabcx").subarray(1, 4);
  assertEquals((await sha256(view)).slice(0, 8), "ba7816bf");
});

Deno.test("sha256() gives the digests of node:crypto, however much is digested", async () => {
  const bytes = new Uint8Array(2 ** 20).map((_, i) => i % 251);
  const expected = new Sha256().update(bytes).update(bytes).hex();
  for (let i = 0; i < 6; i++) {
    assertEquals(await sha256(bytes, bytes), expected);
  }
});
