import { assertEquals, assertThrows } from "@std/assert";
import {
  buildClassIndex,
  decodeClassIndex,
  encodeClassIndex,
} from "../../pipeline/dataset/class_index.ts";
import { FormatError } from "../../pipeline/errors.ts";

/** Encodes text. */
function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

Deno.test("buildClassIndex() sorts names as strings and keeps each once", () => {
  assertEquals(buildClassIndex(["rose", "10", "2", "Rose", "rose"]), [
    "10",
    "2",
    "Rose",
    "rose",
  ]);
});

Deno.test("encodeClassIndex() writes what the old script writes", () => {
  // Python: json.dumps({str(i): n for i, n in enumerate(sorted(names))}, indent=4)
  const python = `{
    "0": "10",
    "1": "a\\"b",
    "2": "daisy",
    "3": "rose"
}`;
  const bytes = encodeClassIndex(["10", 'a"b', "daisy", "rose"]);
  assertEquals(new TextDecoder().decode(bytes), `${python}\n`);
});

Deno.test("decodeClassIndex() reads what encodeClassIndex() wrote, past ten classes", () => {
  const names = Array.from({ length: 12 }, (_, label) => `class ${label} é`);
  assertEquals(decodeClassIndex(encodeClassIndex(names), "c"), names);
});

Deno.test("decodeClassIndex() reads names that are escaped as Python does", () => {
  assertEquals(decodeClassIndex(utf8('{"0": "ros\\u00e9"}'), "c"), ["rosé"]);
});

Deno.test.each([
  ["{", "it is not JSON"],
  ["null", "it must be a JSON object"],
  ['["rose"]', "it must be a JSON object"],
  ['"rose"', "it must be a JSON object"],
  ['{"0": "a", "2": "b"}', "label 1 must have a name: it is undefined"],
  ['{"rose": "0"}', "label 0 must have a name: it is undefined"],
  ['{"0": 7}', "label 0 must have a name: it is 7"],
])("decodeClassIndex() throws when given %s", (text, message) => {
  const error = assertThrows(
    () => decodeClassIndex(utf8(text), "class_indices.json"),
    FormatError,
  );
  assertEquals(
    error.message,
    `Cannot read "class_indices.json" as a class index as ${message}`,
  );
  assertEquals(error.path, "class_indices.json");
});
