import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../../tasks/cli/flags.ts";
import { parseFlags } from "../../../tasks/cli/parse_flags.ts";
import { flagsOf } from "../../../tasks/cli/task_flags.ts";

const FLAGS = flagsOf("prepare");

/** The message of the error that arguments cause. */
function refusal(args: string[]): string {
  return assertThrows(() => parseFlags(args, FLAGS), UsageError).message;
}

Deno.test("parseFlags() gives words as they are", () => {
  const args = ["007", "--json", "-", "--run", "r", "1e3", "--", "-x", "--y"];
  assertEquals(parseFlags(args, FLAGS, { words: true }), {
    values: { json: true, run: "r" },
    settings: {},
    words: ["007", "-", "1e3", "-x", "--y"],
  });
});

Deno.test.each<[string[], string]>([
  [["extra"], "extra"],
  [["--strict", "extra"], "extra"],
  [["--seed", "3", "4"], "4"],
  [["-"], "-"],
])("parseFlags() refuses what is no flag in %j", (args, arg) => {
  assertEquals(
    refusal(args),
    `Cannot use argument "${arg}": every argument is a flag, such as --data`,
  );
});

// `deno task prepare -- --seed 5` hands on the dashes, which people know from npm.
Deno.test("parseFlags() refuses what follows two dashes rather than ignore it", () => {
  assertEquals(
    refusal(["--", "--seed", "5"]),
    'Cannot use argument "--seed": every argument is a flag, such as --data',
  );
});
