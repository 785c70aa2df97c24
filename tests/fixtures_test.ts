import { assertEquals } from "@std/assert";
import { sha256 } from "../pipeline/artifact/digest.ts";

const FIXTURES = new URL("../fixtures/", import.meta.url);

const README = await Deno.readTextFile(new URL("README.md", FIXTURES));

/** Paths and digests in the table at the end of the README. */
const DIGESTS = [
  ...README.matchAll(/^\| `(\S+[^/])` +\| `([0-9a-f]{64})` \|$/gm),
]
  .map(([, path, digest]): [string, string] => [path!, digest!]);

Deno.test.each(DIGESTS)(
  "fixtures/%s has the digest %s",
  async (path, digest) => {
    assertEquals(
      await sha256(await Deno.readFile(new URL(path, FIXTURES))),
      digest,
    );
  },
);

Deno.test("every golden file has a digest", async () => {
  const names =
    (await Array.fromAsync(Deno.readDir(new URL("golden/", FIXTURES))))
      .map(({ name }) => name).filter((name) =>
        /\.(json|safetensors)$/.test(name)
      );
  const listed = DIGESTS.map(([path]) => path)
    .filter((path) => path.startsWith("golden/"));
  assertEquals(listed.sort(), names.map((name) => `golden/${name}`).sort());
});
