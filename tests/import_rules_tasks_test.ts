import { assertEquals } from "@std/assert";
import { lines, module } from "./support/violations.ts";

Deno.test("findViolations() finds what a task takes of the pipeline though mod.ts does not export it", () => {
  const [run, errors] = ["pipeline/run/train.ts", "pipeline/errors.ts"];
  const door = module(
    "mod.ts",
    [run, errors],
    `export * from "${errors}";\nexport {\n  train,\n  type Options,\n} from "${run}";`,
  );
  const task = module(
    "tasks/train.ts",
    [run, errors],
    [
      `import { ConfigError } from "${errors}";`,
      `import type { Inner } from "${run}";`,
      `const { train, trainAll } = await import("${run}");`,
      `const { open: inner } = await import(\n  "${run}"\n);`,
    ].join("\n"),
  );
  const rule = "tasks/train.ts: tasks take only what mod.ts exports:";
  assertEquals(lines(door, task), [
    `${rule} trainAll of ${run}`,
    `${rule} open of ${run}`,
  ]);
});

Deno.test.each([
  'import * as run from "pipeline/run/train.ts";',
  'const run = await import("pipeline/run/train.ts");',
  'const { train } = (await import("pipeline/run/train.ts"));',
  'import("pipeline/run/train.ts").then(({ train }) => train());',
])(
  "findViolations() finds a task that does not name what it takes: %s",
  (text) => {
    const run = "pipeline/run/train.ts";
    const door = module("mod.ts", [run], `export { train } from "${run}";`);
    assertEquals(lines(door, module("tasks/train.ts", [run], text)), [
      `tasks/train.ts: tasks take only what mod.ts exports: no names of ${run}`,
    ]);
  },
);
