/**
 * What every task does around its work, seen from outside: as programs.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { PROJECT, runTask } from "../../e2e/support.ts";
import { tempDir } from "../../support/temp_dir.ts";
import { listen } from "../support.ts";

/** Builds the command of a task of which only the work is given, as source text. */
function bodyCommand(
  body: string,
  args: readonly string[],
  name = "try",
): Deno.Command {
  const source = `
    import { FormatError } from "./pipeline/errors.ts";
    import { UsageError } from "./tasks/cli/flags.ts";
    import { runTask } from "./tasks/cli/run_task.ts";
    await runTask({ name: "${name}", summary: "Tries.", run: ${body} });
  `;
  return new Deno.Command(Deno.execPath(), {
    args: ["eval", "--quiet", "--ext=ts", source, ...args],
    cwd: PROJECT,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    env: { NO_COLOR: "1" },
  });
}

const WELL = `({ reporter }) => {
  reporter.line("working");
  return Promise.resolve({ n: 1 });
}`;
const FAIL = (error: string) => `() => Promise.reject(${error})`;
const HELP = `Usage: deno task try [flags]

Tries.

Flags:
  --json   Print one JSON object on the last line of standard output
  --quiet  Print errors only
  --help   Print this text
`;

Deno.test.each<[string, string[], number, string, string]>([
  [WELL, [], 0, "", "working\n"],
  [WELL, ["--json"], 0, '{"n":1}\n', "working\n"],
  [WELL, ["--json", "--quiet"], 0, '{"n":1}\n', ""],
  [WELL, ["--quiet=true"], 0, "", ""],
  [WELL, ["--help"], 0, HELP, ""],
  [WELL, ["--wrong", "--help"], 0, HELP, ""],
  [FAIL('new Error("outer")'), ["--json"], 1, "", "error: outer\n"],
  [FAIL('new Error("outer")'), ["--quiet"], 1, "", "error: outer\n"],
  [FAIL('"text"'), [], 1, "", "error: text\n"],
  [
    FAIL(
      'new Error("a", { cause: new Error("b", { cause: new Error("c") }) })',
    ),
    [],
    1,
    "",
    "error: a: b: c\n",
  ],
  [
    FAIL('new Error("a as b", { cause: new Error("b") })'),
    [],
    1,
    "",
    "error: a as b\n",
  ],
  [
    FAIL('new UsageError("wrong")'),
    [],
    2,
    "",
    "error: wrong\nSee deno task try --help\n",
  ],
  [
    FAIL('new FormatError("cut", { path: "/weights.pth" })'),
    [],
    1,
    "",
    "error: cut\n",
  ],
  [
    WELL,
    ["--epochs", "3"],
    2,
    "",
    'error: Cannot use flag "--epochs" as it is a flag of another task: train\nSee deno task try --help\n',
  ],
  [
    WELL,
    ["--quiet", "--", "--help"],
    2,
    "",
    'error: Cannot use argument "--help": every argument is a flag, such as --json\nSee deno task try --help\n',
  ],
  [
    WELL,
    ["--jsn", "--quiet"],
    2,
    "",
    'error: Cannot use flag "--jsn" as there is none of this name: the nearest is --json\nSee deno task try --help\n',
  ],
])(
  "runTask() runs %s with %j and exits with %s",
  async (body, args, code, stdout, stderr) => {
    const output = await bodyCommand(body, args).output();
    const said = [output.stdout, output.stderr].map((bytes) =>
      new TextDecoder().decode(bytes)
    );
    assertEquals([output.code, ...said], [code, stdout, stderr]);
  },
);

Deno.test.each<[string, string[], string]>([
  ["predict", [], ""],
  ["predict", ["--cache", "/c"], ""],
  ["predict", ["--cache=/c", "--work=/w", "--run=a"], " --run a --work /w"],
  ["serve", ["--run", "a", "--port", "0"], " --run a"],
  ["serve", ["--run", "a,b"], " --run NAME"],
  ["compare", ["--work", "/w"], " --run NAME --work /w"],
  ["runs", [], " --run NAME"],
])(
  "runTask() says how what %s %j found damaged is removed: verify%s",
  async (task, args, flags) => {
    const path = "artifacts/head-1/head.safetensors";
    const body = FAIL(`new FormatError("cut", { path: "${path}" })`);
    const { code, stderr } = await bodyCommand(body, args, task).output();
    const said = `error: cut\nRepair with: deno task verify${flags} --repair\n`;
    assertEquals([code, new TextDecoder().decode(stderr)], [1, said]);
  },
);

const OBEDIENT = `async ({ reporter, signal }) => {
  reporter.line("ready");
  const timer = setInterval(() => {}, 1000);
  await new Promise((resolve) => signal.addEventListener("abort", resolve));
  clearInterval(timer);
  signal.throwIfAborted();
}`;
/** Never ends; the clock is one second later after the first signal. */
const STUBBORN = `({ reporter, signal }) => {
  reporter.line("ready");
  signal.addEventListener("abort", () => {
    const later = Date.now() + 1000;
    Date.now = () => later;
    reporter.line("later");
  });
  setInterval(() => {}, 1000);
  return new Promise(() => {});
}`;
/** Ends after the second signal; the clock stands still. */
const PATIENT = `async ({ reporter, signal }) => {
  const now = Date.now();
  Date.now = () => now;
  let count = 0;
  const timer = setInterval(() => {}, 1000);
  await new Promise((resolve) => {
    Deno.addSignalListener("SIGINT", () => ++count === 2 && resolve());
    reporter.line("ready");
  });
  clearInterval(timer);
  signal.throwIfAborted();
}`;
const STOPPING = "ready\n  stopping; Ctrl-C again stops at once\n";
const HAS_SIGNALS = Deno.build.os !== "windows";

Deno.test.each<[Deno.Signal]>([["SIGINT"], ["SIGTERM"]])(
  "runTask() stops the work in order when it gets %s",
  { ignore: !HAS_SIGNALS },
  async (signal) => {
    await using child = bodyCommand(OBEDIENT, ["--json"]).spawn();
    const listener = listen(child);
    await listener.until("ready\n");
    child.kill(signal);
    assertEquals(await listener.end(), {
      code: 130,
      stdout: "",
      stderr: `${STOPPING}  stopped. Run the task again.\n`,
    });
  },
);

Deno.test.each<[string, string, string]>([
  ["ends at once when Ctrl-C comes again later", STUBBORN, "later\n"],
  [
    "takes two signals of one key for one",
    PATIENT,
    "  stopped. Run the task again.\n",
  ],
])("runTask() %s", { ignore: !HAS_SIGNALS }, async (_, body, last) => {
  await using child = bodyCommand(body, []).spawn();
  const listener = listen(child);
  await listener.until("ready\n");
  child.kill("SIGINT");
  await listener.until(body === STUBBORN ? last : STOPPING);
  child.kill("SIGINT");
  assertEquals(await listener.end(), {
    code: 130,
    stdout: "",
    stderr: STOPPING + last,
  });
});

Deno.test("every task prints one line of JSON, and nothing for people when quiet", async () => {
  await using directory = await tempDir();
  const flags = ["--json", "--quiet", "--work", directory.path];
  const steps: [string, ...string[]][] = [
    ["prepare", "--image-size", "32"],
    ["train", "--engine", "cpu", "--epochs", "1"],
    ["eval"],
    ["status"],
    ["summary"],
  ];
  for (const [task, ...args] of steps) {
    const result = await runTask(task, [...args, ...flags]);
    const { code, stdout, stderr } = result;
    assertEquals({ code, stderr }, { code: 0, stderr: "" }, task);
    assertEquals(stdout.trimEnd().split("\n").length, 1, task);
    assertEquals(typeof JSON.parse(stdout), "object");
  }
  const loud = await runTask("status", flags.filter((f) => f !== "--quiet"));
  assertEquals(loud.stdout.split("\n").length, 2);
  assertStringIncludes(loud.stderr, 'status: run "default" in ');
});

Deno.test.each<[string, string[], number, string]>([
  ["train", [], 1, "run the task prepare first"],
  ["eval", ["--split", "none"], 2, "--split as it must be one of train,"],
  [
    "prepare",
    ["--backbone", "none"],
    2,
    "must be a preset (tiny, torchvision-v1, ",
  ],
  ["prepare", ["--config", "none"], 2, 'Cannot use --config "'],
  ["status", ["--run", "a b"], 2, 'Cannot use "a b" as the name of a run as '],
])("%s with %j exits with %s", async (task, args, expected, message) => {
  await using directory = await tempDir();
  const work = ["--work", directory.path];
  const { code, stdout, stderr } = await runTask(task, [...args, ...work]);
  assertStringIncludes(stderr, message);
  assertEquals({ code, stdout }, { code: expected, stdout: "" });
});
