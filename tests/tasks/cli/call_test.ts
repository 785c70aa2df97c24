import { assertEquals } from "@std/assert";
import { callOf } from "../../../tasks/cli/call.ts";

Deno.test.each<[Record<string, string | boolean>, string]>([
  [{}, ""],
  [{ verify: true, split: "test" }, ""],
  [{ run: "a", work: "/w/x" }, " --run a --work /w/x"],
  [{ work: "my work", cache: "~" }, " --work 'my work' --cache '~'"],
  [{ work: "it's" }, " --work 'it'\\''s'"],
])("callOf() repeats of %j what says where the run is", (values, flags) => {
  assertEquals(callOf("train", values), `deno task train${flags}`);
});

Deno.test("callOf() leaves out what the task has no flag for", () => {
  const values = { run: "a", work: "/w", cache: "/c" };
  assertEquals(callOf("verify", values), "deno task verify --run a --work /w");
  assertEquals(callOf("clean", values), "deno task clean --work /w");
});
