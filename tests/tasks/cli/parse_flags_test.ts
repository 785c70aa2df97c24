import { assertEquals, assertThrows } from "@std/assert";
import {
  COMMON_FLAGS,
  type Flag,
  flags,
  RUN_FLAGS,
  settingFlags,
  UsageError,
} from "../../../tasks/cli/flags.ts";
import { parseFlags } from "../../../tasks/cli/parse_flags.ts";
import { flagsOf, TASK_FLAGS } from "../../../tasks/cli/task_flags.ts";

const FLAGS: readonly Flag[] = [
  ...settingFlags("prepare"),
  ...settingFlags("train"),
  ...flags(RUN_FLAGS),
  ...flags(COMMON_FLAGS),
];

/** The message of the error that arguments cause. */
function refusal(...args: string[]): string {
  return assertThrows(() => parseFlags(args, FLAGS), UsageError).message;
}

Deno.test.each<[string, string, string, unknown]>([
  ["data", "my photos", "data", "my photos"],
  ["data", "a=b", "data", "a=b"],
  ["backbone", "tiny", "backbone", "tiny"],
  ["validation", "0", "validation", 0],
  ["dropout", ".5", "dropout", 0.5],
  ["image-size", "32", "imageSize", 32],
  ["image-size", "1024", "imageSize", 1024],
  ["seed", "4294967295", "seed", 4294967295],
  ["hidden", "0", "hidden", 0],
  ["epochs", "1e2", "epochs", 100],
  ["learning-rate", "1e-3", "learningRate", 0.001],
  ["engine", "wasm", "engine", "wasm"],
  ["class-weights", "balanced", "classWeights", "balanced"],
])("parseFlags() reads --%s=%s and --%0 %1", (flag, text, setting, value) => {
  const expected = { values: {}, settings: { [setting]: value } };
  assertEquals(parseFlags([`--${flag}=${text}`], FLAGS) as unknown, expected);
  assertEquals(parseFlags([`--${flag}`, text], FLAGS) as unknown, expected);
});

Deno.test("parseFlags() gives text and stand-alone flags as values, settings apart", () => {
  const args = ["--work", "w", "--epochs", "3", "--json", "--run=r"];
  assertEquals(parseFlags(args, FLAGS), {
    values: { work: "w", run: "r", json: true },
    settings: { epochs: 3 },
  });
  assertEquals(parseFlags([], FLAGS), { values: {}, settings: {} });
});

Deno.test.each<[string[], boolean]>([
  [["--strict"], true],
  [["--strict", "--json"], true],
  [["--strict=true"], true],
  [["--strict=false"], false],
  [["--strict", "false"], false],
  [["--no-strict"], false],
  [["--no-strict", "--strict"], true],
])(
  "parseFlags() reads a setting that is true or false from %j",
  (args, strict) => {
    assertEquals(parseFlags(args, FLAGS).settings, { strict });
  },
);

Deno.test("parseFlags() takes the last when a flag is given twice", () => {
  const args = ["--epochs", "3", "--work=a", "--epochs=5", "--work", "b"];
  assertEquals(parseFlags(args, FLAGS), {
    values: { work: "b" },
    settings: { epochs: 5 },
  });
});

Deno.test.each([
  ["--epoch", "epochs"],
  ["--epoch=5", "epochs"],
  ["--EPOCHS", "epochs"],
  ["--imageSize", "image-size"],
  ["--image_size", "image-size"],
  ["--no-epochs", "epochs"],
  ["--no-strict=5", "strict"],
  ["--batchsize", "batch-size"],
  ["--toString", "strict"],
  ["-epochs", "epochs"],
  ["-epochs=5", "epochs"],
  ["-epoch", "epochs"],
  ["-h", "help"],
])("parseFlags() refuses %s and names the nearest, --%s", (arg, nearest) => {
  assertEquals(
    refusal(arg),
    `Cannot use flag "${
      arg.replace("=5", "")
    }" as there is none of this name: the nearest is --${nearest}`,
  );
});

Deno.test.each([
  [
    "-rose.jpg",
    'Cannot use "-rose.jpg" as flags begin with two hyphens: write ./-rose.jpg for a file of this name',
  ],
  [
    "-top-k",
    'Cannot use flag "-top-k" as there is none of this name: the nearest is --top-k',
  ],
  [
    "-epochs",
    'Cannot use flag "-epochs" as it is a flag of another task: train',
  ],
  [
    "-h",
    'Cannot use flag "-h" as there is none of this name: the nearest is --help',
  ],
])("parseFlags() refuses %s of a task that takes words", (arg, message) => {
  const options = { words: true, others: TASK_FLAGS };
  const parse = () => parseFlags([arg, "3"], flagsOf("predict"), options);
  assertEquals(assertThrows(parse, UsageError).message, message);
});

Deno.test.each<[string[]]>([
  [["--data"]],
  [["--data="]],
  [["--data", ""]],
  [["--data", "--strict"]],
])("parseFlags() refuses a flag without its value in %j", (args) => {
  assertEquals(
    refusal(...args),
    "Cannot use --data without a value: wanted --data DIR",
  );
});

Deno.test.each<[string[], string]>([
  [
    ["--epochs=0"],
    'Cannot use --epochs as it must be a whole number of 1 to 4294967295: current value is "0"',
  ],
  [
    ["--epochs", "3.5"],
    'Cannot use --epochs as it must be a whole number of 1 to 4294967295: current value is "3.5"',
  ],
  [
    ["--seed=-1"],
    'Cannot use --seed as it must be a whole number of 0 to 4294967295: current value is "-1"',
  ],
  [
    ["--seed", "-1"],
    'Cannot use --seed as it must be a whole number of 0 to 4294967295: current value is "-1"',
  ],
  [
    ["--seed", "4294967296"],
    'Cannot use --seed as it must be a whole number of 0 to 4294967295: current value is "4294967296"',
  ],
  [
    ["--image-size", "31"],
    'Cannot use --image-size as it must be a whole number of 32 to 1024: current value is "31"',
  ],
  [
    ["--image-size", "1025"],
    'Cannot use --image-size as it must be a whole number of 32 to 1024: current value is "1025"',
  ],
  [
    ["--image-size", "null"],
    'Cannot use --image-size as it must be a whole number of 32 to 1024: current value is "null"',
  ],
  [
    ["--dropout", "1"],
    'Cannot use --dropout as it must be a number in [0, 1): current value is "1"',
  ],
  [
    ["--learning-rate", "0"],
    'Cannot use --learning-rate as it must be a number above 0: current value is "0"',
  ],
  [
    ["--learning-rate", "Infinity"],
    'Cannot use --learning-rate as it must be a number above 0: current value is "Infinity"',
  ],
  [
    ["--engine", "cuda"],
    'Cannot use --engine as it must be one of auto, webgpu, cpu, wasm: current value is "cuda"',
  ],
  [
    ["--resize="],
    "Cannot use --resize without a value: wanted --resize stretch|crop",
  ],
])("parseFlags() refuses a wrong value in %j", (args, message) => {
  assertEquals(refusal(...args), message);
});

Deno.test.each<[string[], boolean | undefined]>([
  [[], undefined],
  [["--report"], true],
  [["--report=true"], true],
  [["--no-report"], false],
  [["--report=false"], false],
  [["--report", "false"], false],
  [["--no-report", "--report"], true],
])("parseFlags() reads a flag that stands alone from %j", (args, report) => {
  assertEquals(
    parseFlags(args, flagsOf("eval")).values,
    report === undefined ? {} : { report },
  );
});

Deno.test.each(["--json=yes", "--quiet=", "--strict=maybe"])(
  "parseFlags() refuses %s, which is neither true nor false",
  (arg) => {
    const [flag, text] = arg.split("=");
    assertEquals(
      refusal(arg),
      `Cannot use ${flag} as it must be true or false: current value is "${text}"`,
    );
  },
);

Deno.test.each<[string, string]>([
  ["--report", "another task: eval"],
  ["--top-k=3", "another task: predict"],
  ["--open", "other tasks: eval, compare"],
])("parseFlags() names the tasks that have %s", (arg, tasks) => {
  const { message } = assertThrows(
    () => parseFlags([arg], FLAGS, { others: TASK_FLAGS }),
    UsageError,
  );
  const [flag] = arg.split("=");
  assertEquals(
    message,
    `Cannot use flag "${flag}" as it is a flag of ${tasks}`,
  );
});
