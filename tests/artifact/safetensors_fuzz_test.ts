import { assert } from "@std/assert";
import {
  decodeSafetensors,
  encodeSafetensors,
} from "../../pipeline/artifact/safetensors.ts";
import { toTensor } from "../../pipeline/artifact/tensor.ts";
import { FormatError } from "../../pipeline/errors.ts";
import { integers } from "../support/random.ts";

/** Files that are damaged and decoded. */
const MUTATIONS = 4000;

const WHOLE = encodeSafetensors({
  a: toTensor(new Float32Array(6), [2, 3]),
  "b.c": toTensor(new Int32Array([1, 2]), [2]),
  d: toTensor(new Uint8Array(5), [5]),
}, { digest: "0".repeat(64), é: '{"x":1}' });

/** Texts that a header may hold where it should not. */
const HOSTILE = [
  "-1",
  "1e999",
  "9007199254740993",
  '"',
  "[[[[",
  "null",
  "__proto__",
  "F4",
];

Deno.test(`decodeSafetensors() decodes or refuses ${MUTATIONS} damaged files`, () => {
  const random = integers(7);
  let decoded = 0;
  for (let i = 0; i < MUTATIONS; i++) {
    let bytes = WHOLE.slice();
    for (let k = random(3); k >= 0; k--) {
      const at = random(bytes.length);
      switch (random(4)) {
        case 0:
          bytes[at]! ^= 1 << random(8);
          break;
        case 1:
          bytes = bytes.slice(0, at + 1);
          break;
        case 2:
          bytes[random(8)] = random(256);
          break;
        default: {
          const text = new TextEncoder().encode(
            HOSTILE[random(HOSTILE.length)],
          );
          bytes.set(text.subarray(0, bytes.length - at), at);
        }
      }
    }
    try {
      decodeSafetensors(bytes, "x");
      decoded++;
    } catch (error) {
      assert(error instanceof FormatError, `mutation ${i}: ${error}`);
    }
  }
  assert(decoded > 0 && decoded < MUTATIONS, `${decoded} were decoded`);
});
