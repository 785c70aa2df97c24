import { assert } from "@std/assert";
import {
  assertRefused,
  pack,
  storage,
  tensor,
  text,
  zipped,
} from "./pytorch_support.ts";

Deno.test("decodePytorch() refuses to copy one storage again and again", () => {
  const items = Array.from({ length: 40 }, (_, i) => [
    text(`w${i}`),
    tensor({
      of: storage({ size: 1e4 }),
      shape: [100, 100],
      strides: [1, 100],
    }),
  ]);
  const value = pack("}(", ...items.flat(), "u.");
  const bytes = zipped(value, { "data/0": new Uint8Array(4e4) });
  const copies = Math.floor(4 * bytes.length / 4e4);
  assert(copies < 10);
  assertRefused(
    bytes,
    `its transposed tensors must have at most 4 times its bytes: they have more at "w${copies}"`,
  );
});

Deno.test("decodePytorch() refuses to copy one list of pairs again and again", () => {
  const pairs = pack("](", ...Array(1000).fill("]NaNa"), "eq\x00");
  const calls = Array(600).fill("ccollections\nOrderedDict\nh\x00\x85R");
  assertRefused(
    zipped(pack(pairs, ...calls, ".")),
    "mappings of its pickle must be made from at most 524288 pairs: they are from more",
  );
});

Deno.test("decodePytorch() refuses more tensors than any network has", () => {
  const names = Array.from(
    { length: 2 ** 16 + 1 },
    (_, i) => pack(text(`${i}`), "h\x00"),
  );
  const bytes = new Uint8Array(names.reduce((a, b) => a + b.length, 0));
  let at = 0;
  for (const name of names) {
    bytes.set(name, at);
    at += name.length;
  }
  assertRefused(
    zipped(pack(tensor(), "q\x00}(", bytes, "u.")),
    "it must have at most 65536 tensors: it has 65537",
  );
});
