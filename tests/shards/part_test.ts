import { assertEquals, assertThrows } from "@std/assert";
import { ConfigError } from "../../pipeline/errors.ts";
import {
  findPart,
  formatPart,
  isOfPart,
  parsePart,
  PART_VARIABLES,
} from "../../pipeline/shards/part.ts";

/** An environment of these variables alone. */
function environment(variables: Record<string, string>) {
  return (name: string) => variables[name];
}

Deno.test.each([
  ["0/1", { index: 0, count: 1 }],
  ["0/3", { index: 0, count: 3 }],
  ["2/3", { index: 2, count: 3 }],
  ["999999/1000000", { index: 999_999, count: 1_000_000 }],
])("parsePart() reads %s", (text, part) => {
  assertEquals(parsePart(text), part);
  assertEquals(formatPart(part), text);
});

Deno.test.each([
  "3/3",
  "0/0",
  "1",
  "1/",
  "/3",
  "1/2/3",
  "-1/3",
  "01/3",
  "0.5/3",
  " 1/3",
  "0/1000001",
  "",
])('parsePart() refuses "%s"', (text) => {
  assertThrows(
    () => parsePart(text),
    ConfigError,
    `Cannot use part "${text}" as it must be i/n, from 0/n to n-1/n, with at most 1000000 parts`,
  );
});

Deno.test("isOfPart() deals positions out in turn, each to one part", () => {
  const parts = [0, 1, 2].map((index) => ({ index, count: 3 }));
  assertEquals(
    parts.map((part) => [0, 1, 2, 3, 4, 5, 6].filter((i) => isOfPart(part, i))),
    [[0, 3, 6], [1, 4], [2, 5]],
  );
});

/** Arrays of schedulers, and the part of their task. */
const ARRAYS: [Record<string, string>, string][] = [
  [{ SLURM_ARRAY_TASK_ID: "0", SLURM_ARRAY_TASK_COUNT: "1" }, "0/1"],
  [{
    SLURM_ARRAY_TASK_ID: "3",
    SLURM_ARRAY_TASK_COUNT: "4",
    SLURM_ARRAY_TASK_MIN: "0",
    SLURM_ARRAY_TASK_STEP: "1",
  }, "3/4"],
  // --array=1-4
  [{
    SLURM_ARRAY_TASK_ID: "1",
    SLURM_ARRAY_TASK_COUNT: "4",
    SLURM_ARRAY_TASK_MIN: "1",
    SLURM_ARRAY_TASK_STEP: "1",
  }, "0/4"],
  // --array=1-10:3
  [{
    SLURM_ARRAY_TASK_ID: "7",
    SLURM_ARRAY_TASK_COUNT: "4",
    SLURM_ARRAY_TASK_MIN: "1",
    SLURM_ARRAY_TASK_STEP: "3",
  }, "2/4"],
  [
    { AWS_BATCH_JOB_ARRAY_INDEX: "0", AWS_BATCH_JOB_ARRAY_SIZE: "10000" },
    "0/10000",
  ],
  [{ JOB_COMPLETION_INDEX: "5", JOB_COMPLETIONS: "6" }, "5/6"],
];

for (const [variables, text] of ARRAYS) {
  Deno.test(`findPart() takes ${text} from ${JSON.stringify(variables)}`, () => {
    const { part, by } = findPart(environment(variables))!;
    assertEquals([formatPart(part), by], [text, Object.keys(variables)[0]]);
  });
}

Deno.test("findPart() finds none outside of an array", () => {
  assertEquals(findPart(environment({})), undefined);
  // A job of Slurm that is no array.
  assertEquals(findPart(environment({ SLURM_JOB_ID: "7" })), undefined);
});

Deno.test("findPart() refuses an array with gaps, as nobody would make the parts between", () => {
  // --array=0,1,5
  const variables = {
    SLURM_ARRAY_TASK_ID: "5",
    SLURM_ARRAY_TASK_COUNT: "3",
    SLURM_ARRAY_TASK_MIN: "0",
    SLURM_ARRAY_TASK_STEP: "1",
  };
  assertThrows(
    () => findPart(environment(variables)),
    ConfigError,
    "Cannot take the part from SLURM_ARRAY_TASK_ID as it must be one of SLURM_ARRAY_TASK_COUNT tasks in even steps: found SLURM_ARRAY_TASK_ID=5 SLURM_ARRAY_TASK_MIN=0 SLURM_ARRAY_TASK_STEP=1 SLURM_ARRAY_TASK_COUNT=3; give --part i/n, or --part all for the whole",
  );
});

Deno.test("findPart() refuses an index without a count", () => {
  assertThrows(
    () => findPart(environment({ JOB_COMPLETION_INDEX: "0" })),
    ConfigError,
    "Cannot take the part from JOB_COMPLETION_INDEX as it must be one of JOB_COMPLETIONS tasks in even steps: found JOB_COMPLETION_INDEX=0 JOB_COMPLETIONS=; give",
  );
});

Deno.test("the tasks that take parts may read the variables of schedulers, and no others do", async () => {
  const text = await Deno.readTextFile(
    new URL("../../deno.json", import.meta.url),
  );
  const { permissions } = JSON.parse(text) as {
    permissions: Record<string, { env?: true | string[] }>;
  };
  const tasks = Object.keys(permissions).filter((task) => {
    const { env = [] } = permissions[task]!;
    const allows = (name: string) =>
      env !== true &&
      env.some((own) =>
        own.endsWith("*") ? name.startsWith(own.slice(0, -1)) : name === own
      );
    return PART_VARIABLES.every(allows);
  });
  assertEquals(tasks, ["prepare", "embed", "predict"]);
});
