// deno-lint-ignore-file no-console -- it is what is tested

import { assertEquals } from "@std/assert";
import { quietly } from "../../pipeline/image/quiet.ts";

Deno.test("quietly() turns the console on again when the last of several decoders ends", async () => {
  const { log } = console;
  const first = Promise.withResolvers<void>();
  const second = Promise.withResolvers<void>();
  const one = quietly(() => first.promise);
  const other = quietly(() => second.promise);
  first.resolve();
  await one;
  assertEquals(console.log === log, false);
  second.resolve();
  await other;
  assertEquals(console.log === log, true);
});
