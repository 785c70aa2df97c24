/**
 * Streams that take nothing, seen from outside: as programs.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { PROJECT } from "../../e2e/support.ts";

Deno.test(
  "writeOutput() says that standard output takes nothing",
  { ignore: Deno.build.os !== "linux" },
  async () => {
    const source = `
      import { writeOutput } from "./tasks/cli/write.ts";
      import { describeError } from "./tasks/cli/describe_error.ts";
      try { writeOutput("a"); } catch (error) { console.error(describeError(error)); }
    `;
    const deno = [Deno.execPath(), "eval", "--quiet", "--ext=ts", source];
    const { stderr } = await new Deno.Command("sh", {
      args: ["-c", 'exec "$@" >/dev/full', "sh", ...deno],
      cwd: PROJECT,
    }).output();
    assertEquals(
      new TextDecoder().decode(stderr),
      "Cannot write to standard output: no space left on device\n",
    );
  },
);

Deno.test.each<[string]>([["2>&-"], ["2>/dev/full"]])(
  "writeError() lets a task work on when standard error takes nothing: %s",
  { ignore: Deno.build.os !== "linux" },
  async (redirection) => {
    const source = `
      import { runTask } from "./tasks/cli/run_task.ts";
      const run = ({ reporter }) => {
        reporter.line("working");
        return Promise.resolve({ n: 1 });
      };
      await runTask({ name: "try", summary: "Tries.", run });
    `;
    const deno = [Deno.execPath(), "eval", "--quiet", "--ext=ts", source];
    const { code, stdout } = await new Deno.Command("sh", {
      args: ["-c", `exec "$@" ${redirection}`, "sh", ...deno, "--json"],
      cwd: PROJECT,
    }).output();
    const json = new TextDecoder().decode(stdout);
    assertEquals([code, json], [0, '{"n":1}\n']);
  },
);
