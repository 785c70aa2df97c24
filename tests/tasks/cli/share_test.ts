import { assertEquals, assertThrows } from "@std/assert";
import { describePart, readRole } from "../../../tasks/cli/share.ts";
import { UsageError } from "../../../tasks/cli/flags.ts";

/** The second of four tasks of an array. */
const ARRAY: Record<string, string> = {
  JOB_COMPLETION_INDEX: "1",
  JOB_COMPLETIONS: "4",
};
const inArray = (name: string) => ARRAY[name];
const outside = () => undefined;

Deno.test("readRole() does the whole outside of an array", () => {
  assertEquals(readRole({}, outside), undefined);
});

Deno.test("readRole() takes the part from the array, and says so", () => {
  const role = readRole({}, inArray);
  assertEquals(role, {
    part: { index: 1, count: 4 },
    by: "JOB_COMPLETION_INDEX",
  });
  assertEquals(
    describePart(role as Exclude<typeof role, "seal" | undefined>),
    "part 1/4 by JOB_COMPLETION_INDEX; --part all for the whole",
  );
});

Deno.test("readRole() prefers the flag to the array", () => {
  const role = readRole({ part: "2/3" }, inArray);
  assertEquals(role, { part: { index: 2, count: 3 } });
  assertEquals(describePart({ part: { index: 2, count: 3 } }), "part 2/3");
  assertEquals(readRole({ part: "all" }, inArray), undefined);
  assertEquals(readRole({ seal: true }, inArray), "seal");
});

Deno.test("readRole() refuses to seal a part", () => {
  assertThrows(
    () => readRole({ seal: true, part: "0/2" }, outside),
    UsageError,
    "Cannot seal a part: give --seal when all parts are done, without --part",
  );
});
