import { assertEquals } from "@std/assert";
import {
  type Arithmetic,
  decodeArithmetic,
  encodeArithmetic,
} from "../../pipeline/backbone/arithmetic.ts";

Deno.test.each<[string, Arithmetic, Record<string, string>]>([
  [
    "8 bits",
    { ranges: { a: [-1, 2], b: [0, 0.5] } },
    { ranges: '{"a":[-1,2],"b":[0,0.5]}' },
  ],
  ["half precision", { half: true }, { precision: "float16" }],
  ["F32", {}, {}],
])(
  "decodeArithmetic() reads what encodeArithmetic() wrote: %s",
  (_, arithmetic, metadata) => {
    assertEquals(encodeArithmetic(arithmetic), metadata);
    assertEquals(decodeArithmetic(metadata), arithmetic);
  },
);
