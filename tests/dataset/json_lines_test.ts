import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  decodeJsonLines,
  encodeJsonLines,
  streamJsonLines,
} from "../../pipeline/dataset/json_lines.ts";
import { FormatError } from "../../pipeline/errors.ts";

/** Bytes of a text, in parts of a few bytes. */
async function* inParts(text: string, partBytes: number) {
  const bytes = new TextEncoder().encode(text);
  for (let start = 0; start < bytes.length; start += partBytes) {
    yield await Promise.resolve(bytes.subarray(start, start + partBytes));
  }
}

Deno.test("encodeJsonLines() writes a value a line", () => {
  const [bytes] = encodeJsonLines([{ path: "a\nb" }, 1]);
  assertEquals(new TextDecoder().decode(bytes), '{"path":"a\\nb"}\n1\n');
  assertEquals([...encodeJsonLines([])], []);
});

Deno.test("encodeJsonLines() cuts between lines, and asks for no value before its turn", () => {
  let asked = 0;
  const values = function* () {
    for (; asked < 100; asked++) yield "x".repeat(4093);
  };
  const parts = encodeJsonLines(values());
  assertEquals(parts.next().value!.length, 16 * 4096);
  assertEquals(asked, 15);
  const rest = [...parts].reduce((sum, part) => sum + part.length, 0);
  assertEquals(rest, 84 * 4096);
});

Deno.test.each([[1], [2], [7], [1000]])(
  "streamJsonLines() reads what decodeJsonLines() reads from parts of %d bytes",
  async (partBytes) => {
    const text = '\ufeff{"a":1}\r\n\r\n \n{"a":"é🌻"}\n3';
    const parts = inParts(text, partBytes);
    const values = await Array.fromAsync(streamJsonLines<unknown>(parts, "x"));
    const bytes = new TextEncoder().encode(text);
    assertEquals(values, [{ a: 1 }, { a: "é🌻" }, 3]);
    assertEquals(values, decodeJsonLines<unknown>(bytes, "x"));
  },
);

Deno.test("streamJsonLines() reads a part that is longer than what it decodes at a time", async () => {
  // Three bytes a character: some stand across two of the pieces.
  const values = ["€".repeat(100_000), "a", "€".repeat(30_000)];
  const text = values.map((value) => JSON.stringify(value)).join("\n");
  const found = streamJsonLines(inParts(text, 1e6), "x");
  assertEquals(await Array.fromAsync(found), values);
});

Deno.test("streamJsonLines() throws and names the line when one is not JSON", async () => {
  const values = streamJsonLines(inParts("1\n\nx\n2", 2), "a.jsonl");
  await assertRejects(
    () => Array.fromAsync(values),
    FormatError,
    'Cannot read line 3 of "a.jsonl" as JSON: Unexpected token',
  );
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
