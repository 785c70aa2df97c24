/**
 * What `--help` says.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { Flag } from "../../../tasks/cli/flags.ts";
import { packedHelp, renderHelp } from "../../../tasks/cli/help.ts";
import { flagsOf } from "../../../tasks/cli/task_flags.ts";
import type { Task } from "../../../tasks/cli/run_task.ts";
import { CLEAN } from "../../../tasks/clean.ts";
import { COMPARE } from "../../../tasks/compare.ts";
import { DEMO } from "../../../tasks/demo.ts";
import { DOCTOR } from "../../../tasks/doctor.ts";
import { EVAL } from "../../../tasks/eval.ts";
import { PREDICT } from "../../../tasks/predict.ts";
import { PREPARE } from "../../../tasks/prepare.ts";
import { SERVE } from "../../../tasks/serve.ts";
import { STATUS } from "../../../tasks/status.ts";
import { SUMMARY } from "../../../tasks/summary.ts";
import { TRAIN } from "../../../tasks/train.ts";
import { VERIFY } from "../../../tasks/verify.ts";
import { runTask } from "../../e2e/support.ts";

const TASKS: readonly Task[] = [
  PREPARE,
  TRAIN,
  EVAL,
  COMPARE,
  DEMO,
  STATUS,
  VERIFY,
  CLEAN,
  SUMMARY,
  DOCTOR,
  PREDICT,
  SERVE,
];

Deno.test("renderHelp() shows a short placeholder by the flag and a long one before its description", () => {
  const flags: Flag[] = [
    { name: "resize", placeholder: "stretch|crop", description: "How (crop)" },
    { name: "engine", placeholder: "auto|webgpu|wasm", description: "What" },
    { name: "strict", placeholder: "", description: "Whether" },
  ];
  assertEquals(
    renderHelp("deno task try", "Tries.", flags),
    `Usage: deno task try [flags]

Tries.

Flags:
  --resize stretch|crop  How (crop)
  --engine …             auto|webgpu|wasm: What
  --strict               Whether`,
  );
});

Deno.test.each([PREDICT, SERVE].map((task) => [task.name, task] as const))(
  "packedHelp() gives %s the work directory and the run that travel with it",
  (name, task) => {
    const text = renderHelp(name, task.summary, flagsOf(task.name));
    const before = text.split("\n");
    const changed = packedHelp(text).split("\n")
      .filter((line, i) => line !== before[i]);
    assertEquals(
      changed.map((line) => line.replace(/^ *(--\w+) .*(?=\()/, "$1 ")),
      ["--work (the packed one)", "--run (the packed one)"],
    );
  },
);

Deno.test.each(TASKS.map((task) => [task.name, task] as const))(
  "renderHelp() has a line for every flag of %s, and no flag twice",
  (name, task) => {
    const flags = flagsOf(task.name);
    const lines = renderHelp(name, task.summary, flags).split("\n");
    const shown = lines.slice(lines.indexOf("Flags:") + 1)
      .map((line) => /^ {2}--([a-z-]+)(?: .*)? {2}\S/.exec(line)?.[1]);
    assertEquals(
      shown,
      flags.map(({ name, isOn }) => isOn ? `no-${name}` : name),
    );
    assertEquals(new Set(shown).size, shown.length);
    for (const { description } of flags) {
      assert(lines.some((line) => line.endsWith(description)), description);
    }
  },
);

Deno.test("eval prints exactly this when asked for --help", async () => {
  const { code, stdout, stderr } = await runTask("eval", ["--help"]);
  assertEquals(
    stdout,
    `Usage: deno task eval [flags]

Evaluates the trained head of a run: metrics.json, predictions.jsonl,
confusion.csv, curves.svg. Then checks the data (findings.jsonl), computes heatmaps
(evidence.jsonl) and writes a page with all of it (report.html).

Flags:
  --split SPLIT  train, validation or test (test if there is one, else validation)
  --no-report    Skip heatmaps, findings and report.html
  --open         Open the page in the browser
  --tensorboard  Also write event files for TensorBoard, beside the run
  --verify       Read every byte of complete stages, and make damaged files again
  --no-wait      Leave at once if another task is making the same stage
  --cache DIR    Folder of downloaded weights ($XDG_CACHE_HOME/headstart)
  --work DIR     Work directory: a path, or s3://bucket/prefix (.headstart)
  --run NAME     Name of the run (default)
  --json         Print one JSON object on the last line of standard output
  --quiet        Print errors only
  --help         Print this text
`,
  );
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
});
