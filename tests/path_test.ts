import { assertEquals } from "@std/assert";
import * as std from "@std/path";
import * as path from "../pipeline/path.ts";

Deno.test("path.ts has the functions of @std/path for this system", () => {
  assertEquals(path.join("a", "..", "b"), std.join("b"));
  assertEquals(path.resolve("a"), std.resolve("a"));
  const url = std.toFileUrl(path.resolve("a b"));
  assertEquals(path.toFileUrl(path.resolve("a b")), url);
  assertEquals(path.fromFileUrl(url), std.fromFileUrl(url));
});
