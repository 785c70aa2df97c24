import { assertEquals } from "@std/assert";
import { FIXTURES } from "../support/fixtures.ts";
import { walkFiles } from "../support/walk_files.ts";
import { judge } from "./fuzz.ts";
import { TARGETS } from "./targets.ts";

/** Where files are that a parser went wrong at once. */
const CORPUS = new URL("fuzz/", FIXTURES);

/** How those are refused that were made on purpose; the others are decoded. */
const REFUSED: Readonly<Record<string, string>> = {
  "jpeg/claims-178-megapixels":
    "it claims 13377x13377 pixels, more than its 691 bytes can hold",
  "tiff/compression": "its compression, number 99, is not known; convert it",
  "tiff/deflate-bomb":
    "a strip or tile of it unpacks to more than the 4800 bytes of its pixels",
  "tiff/fax-no-code": "its fax data has no code",
  "tiff/lzw-wrong-code": "a code of its LZW data is wrong",
  "tiff/strip-count": "the file ends inside its pixels",
  "tiff/tile-0": "its tiles have no pixels",
  "webp/large-frame": "its first frame is larger than the picture",
};

const NAMES = (await Array.fromAsync(walkFiles(CORPUS.pathname)))
  .filter((name) => name.includes("/"));

Deno.test.each(NAMES)("a parser takes or refuses fuzz/%s", async (name) => {
  const target = TARGETS.find((one) => one.name === name.split("/")[0])!;
  const bytes = await Deno.readFile(new URL(name, CORPUS));
  await judge(target, bytes);
  const isMade = !/\d+-\d+$/.test(name);
  if (!isMade) return;
  const message = await Promise.try(() => target.parse(bytes))
    .then(() => undefined, (error: Error) => error.message);
  assertEquals(message, REFUSED[name]);
});
