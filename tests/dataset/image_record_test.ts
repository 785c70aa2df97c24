import { assertEquals, assertThrows } from "@std/assert";
import {
  decodeJsonLines,
  encodeJsonLines,
} from "../../pipeline/dataset/image_record.ts";
import { FormatError } from "../../pipeline/errors.ts";

Deno.test("encodeJsonLines() writes a value a line", () => {
  const bytes = encodeJsonLines([{ path: "a\nb" }, 1]);
  assertEquals(new TextDecoder().decode(bytes), '{"path":"a\\nb"}\n1\n');
  assertEquals(encodeJsonLines([]).length, 0);
});

Deno.test("decodeJsonLines() reads lines of either system and passes over empty ones", () => {
  const bytes = new TextEncoder().encode('\ufeff{"a":1}\r\n\r\n \n{"a":"é"}');
  assertEquals(decodeJsonLines<unknown>(bytes, "x"), [{ a: 1 }, { a: "é" }]);
});

Deno.test("decodeJsonLines() reads nothing when there is nothing", () => {
  assertEquals(decodeJsonLines(new Uint8Array(0), "x"), []);
});

Deno.test("decodeJsonLines() throws and names the line when one is not JSON", () => {
  const error = assertThrows(
    () => decodeJsonLines(new TextEncoder().encode("1\n\nx\n"), "a.jsonl"),
    FormatError,
    'Cannot read line 3 of "a.jsonl" as JSON: Unexpected token',
  );
  assertEquals(error.path, "a.jsonl");
});
