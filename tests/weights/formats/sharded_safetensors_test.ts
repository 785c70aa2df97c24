import { assert, assertEquals, assertThrows } from "@std/assert";
import { decodeShardIndex } from "../../../pipeline/weights/formats/sharded_safetensors.ts";
import { FormatError } from "../../../pipeline/errors.ts";
import { integers } from "../../support/random.ts";

/** Encodes text. */
const utf8 = (text: string) => new TextEncoder().encode(text);

const INDEX = JSON.stringify({
  metadata: { total_size: 8 },
  weight_map: {
    "a.weight": "model-00001-of-00002.safetensors",
    "b.weight": "model-00002-of-00002.safetensors",
  },
});

Deno.test("decodeShardIndex() reads which file holds which tensor", () => {
  assertEquals([...decodeShardIndex(utf8(INDEX), "x")], [
    ["a.weight", "model-00001-of-00002.safetensors"],
    ["b.weight", "model-00002-of-00002.safetensors"],
  ]);
});

Deno.test.each([
  "../x.safetensors",
  "/x.safetensors",
  "a/x.safetensors",
  "a\\x.safetensors",
  ".safetensors",
  "x.safetensors\n",
  "x.bin",
  "",
])("decodeShardIndex() refuses the file name %j", (name) => {
  assertThrows(
    () =>
      decodeShardIndex(utf8(JSON.stringify({ weight_map: { a: name } })), "x"),
    FormatError,
    `it must name .safetensors files beside it: it names ${
      JSON.stringify(name)
    }`,
  );
});

Deno.test("decodeShardIndex() refuses an index that is too large", () => {
  assertThrows(
    () => decodeShardIndex(new Uint8Array(2 ** 24 + 1), "x"),
    FormatError,
    "it must have at most 16777216 bytes: it has 16777217",
  );
});

Deno.test("decodeShardIndex() decodes or refuses 2000 damaged indices", () => {
  const random = integers(11);
  const whole = utf8(INDEX);
  for (let i = 0; i < 2000; i++) {
    const bytes = whole.slice(0, whole.length - (i % 7 ? 0 : random(40)));
    for (let k = random(3); k >= 0; k--) {
      bytes[random(bytes.length)] = random(256);
    }
    try {
      for (const [, file] of decodeShardIndex(bytes, "x")) {
        assert(!/[/\\]/.test(file), file);
      }
    } catch (error) {
      assert(error instanceof FormatError, `mutation ${i}: ${error}`);
    }
  }
});
