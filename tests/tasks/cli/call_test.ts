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
