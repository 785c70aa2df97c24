/**
 * `deno task compare` as a program.
 *
 * @module
 */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import type { CompareOutput } from "../../tasks/compare.ts";
import { runTask } from "../e2e/support.ts";
import { twoRuns } from "../run/compare_support.ts";

Deno.test("compare prints two runs, and the same as JSON with the page", async () => {
  await using workspace = await twoRuns();
  const args = ["one", "two", "--json", "--work", workspace.root];
  const { code, stderr, json } = await runTask("compare", args);
  assertEquals(code, 0, stderr);
  const output = json as unknown as CompareOutput;
  assertEquals(output.photos, 50);
  assertEquals(output.runs.map(({ name }) => name), ["one", "two"]);
  assertEquals(output.page, "runs/one/compare-validation/two.html");
  const page = join(workspace.root, output.page);
  assertStringIncludes(await Deno.readTextFile(page), "two beside one");
  assertStringIncludes(
    stderr,
    `two compared with one: ${output.pairs[0]!.verdict}\n`,
  );
  assertStringIncludes(stderr, "  epochs   2    1\n");
  assertMatch(
    stderr,
    /\n {2}page: .*\/runs\/one\/compare-validation\/two.html\n$/,
  );
});

Deno.test.each<[string[], string]>([
  [
    [],
    'Cannot compare without the names of two runs or more: current value is ""',
  ],
  [
    ["one"],
    'Cannot compare without the names of two runs or more: current value is "one"',
  ],
  [["one", "two", "one"], 'Cannot compare run "one" with itself'],
  [
    ["one", "two", "--split", "half"],
    'Cannot use --split as it must be one of train, validation, test: current value is "half"',
  ],
])(
  "compare says what is wrong with %j and exits with 2",
  async (args, message) => {
    const { code, stdout, stderr } = await runTask("compare", args);
    assertEquals({ code, stdout }, { code: 2, stdout: "" });
    assertEquals(stderr, `error: ${message}\nSee deno task compare --help\n`);
  },
);
