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

Deno.test.each(["golden", "weights"])(
  "every file of numbers in fixtures/%s has a digest",
  async (folder) => {
    const files = Deno.readDir(new URL(`${folder}/`, FIXTURES));
    const names = (await Array.fromAsync(files)).map(({ name }) => name)
      .filter((name) => !/\.(py|txt)$/.test(name));
    const listed = DIGESTS.map(([path]) => path)
      .filter((path) => path.startsWith(`${folder}/`));
    assertEquals(
      listed.sort(),
      names.map((name) => `${folder}/${name}`).sort(),
    );
  },
);
