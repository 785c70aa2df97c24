import { assertEquals, assertThrows } from "@std/assert";
import { parseFlags, UsageError } from "../../../tasks/cli/flags.ts";
import { readSwitch, switchFlag } from "../../../tasks/cli/switches.ts";

/** What a command line says of `--report`. */
function read(...args: string[]): boolean {
  const flag = switchFlag("report", "Write the page");
  return readSwitch(parseFlags(args, [flag]).values, "report");
}

Deno.test("readSwitch() is on unless it is turned off", () => {
  assertEquals(read(), true);
  assertEquals(read("--report=true"), true);
  assertEquals(read("--report=false"), false);
  assertEquals(read("--report", "false"), false);
});

Deno.test("readSwitch() throws when it is neither on nor off", () => {
  assertThrows(
    () => read("--report=no"),
    UsageError,
    'Cannot use --report as it must be true or false: current value is "no"',
  );
});
