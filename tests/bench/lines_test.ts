import { assertEquals } from "@std/assert";
import { readLines } from "./lines.ts";

Deno.test.each([
  [[], []],
  [["a\nb\n"], ["a", "b"]],
  [["a", "b\nc", "\n\nd"], ["ab", "c", "", "d"]],
])("readLines() cuts %s into %s", async (parts, expected) => {
  const stream = ReadableStream.from(
    parts.map((part) => new TextEncoder().encode(part)),
  );
  assertEquals(await Array.fromAsync(readLines(stream)), expected);
});
