import { assertEquals } from "@std/assert";
import type { PipelineEvent } from "../../../mod.ts";
import { startBar } from "../../../tasks/cli/bar.ts";
import { Reporter } from "../../../tasks/cli/reporter.ts";
import {
  COMPLETE,
  DAMAGED,
  DIRECTORY,
  ENGINE,
  EPOCH,
  RECORD,
  SKIPPED,
  STAGE,
  STALE,
  START,
  WARNING,
} from "./events.ts";
import { withClock, withTerminal } from "../support.ts";

/** Rejections of so many photos. */
function rejections(count: number): PipelineEvent[] {
  return Array.from({ length: count }, (_, i) => ({
    type: "rejected",
    stage: STAGE,
    path: `rose/${i}.jpg`,
    reason: "it is empty",
  }));
}

/** The lines that a reporter prints on so many rejections. */
function leftOut(count: number): string {
  return Array.from(
    { length: count },
    (_, i) => `  left out: rose/${i}.jpg: it is empty\n`,
  ).join("");
}

/** Gives events to a reporter, a second apart; returns what it printed. */
function printed(
  events: readonly PipelineEvent[],
  options: { quiet?: boolean; stepMs?: number } = {},
): string {
  const { quiet = false, stepMs = 1000 } = options;
  let text = "";
  withClock((clock) => {
    const write = (more: string) => void (text += more);
    const reporter = new Reporter({ quiet, write });
    for (const event of events) {
      reporter.onEvent(event);
      clock.ms += stepMs;
    }
    reporter.stop();
  });
  return text;
}

Deno.test.each<[string, PipelineEvent[], string]>([
  ["the start of a stage", [START], ""],
  [
    "the start of a stage that goes on",
    [{ ...START, done: 64 }],
    "  tensors continues after 64 images\n",
  ],
  ["progress before its start", [
    { type: "progress", stage: STAGE, done: 1, total: 2 },
  ], ""],
  [
    "the end of a stage",
    [START, COMPLETE],
    `  tensors       done in 1.0 s: ${DIRECTORY}\n`,
  ],
  [
    "the end of a stage without a start",
    [COMPLETE],
    `  tensors       done in 0.0 s: ${DIRECTORY}\n`,
  ],
  [
    "a stage that was complete",
    [SKIPPED],
    `  tensors       already complete: ${DIRECTORY}\n`,
  ],
  [
    "a stage that it has told of",
    [START, COMPLETE, SKIPPED, SKIPPED, { ...SKIPPED, directory: "other" }],
    `  tensors       done in 1.0 s: ${DIRECTORY}\n  tensors       already complete: other\n`,
  ],
  [
    "stages one after the other",
    [START, COMPLETE, { ...COMPLETE, stage: "dataset-index" }],
    `  tensors       done in 1.0 s: ${DIRECTORY}\n  dataset-index done in 1.0 s: ${DIRECTORY}\n`,
  ],
  [
    "an epoch",
    [EPOCH],
    "  epoch 3/40: loss 1.2500, accuracy 0.5000, validation loss 0.1235, validation accuracy 1.0000\n",
  ],
  [
    "an epoch without a held-out split",
    [{ ...EPOCH, record: RECORD }],
    "  epoch 3/40: loss 1.2500, accuracy 0.5000\n",
  ],
  ["rejections", [START, ...rejections(2)], leftOut(2)],
  [
    "damage",
    [DAMAGED],
    `  damaged, making it again: ${DIRECTORY}/train-00000-of-00001.safetensors: its bytes have changed\n`,
  ],
  ["a warning", [WARNING], "  warning: 3 files were left alone\n"],
  [
    "what has changed",
    [STALE],
    "  tensors has changed since last time: imageSize was 96, is 64; records have changed\n",
  ],
  [
    "an engine",
    [ENGINE],
    "  skipped webgpu: there is no adapter\n  engine of embeddings: wasm, 2 workers\n",
  ],
])("Reporter.onEvent() prints %s", (_, events, text) => {
  assertEquals(printed(events), text);
});

Deno.test("Reporter.onEvent() prints the first epoch, every tenth and the last", () => {
  const train = [7, 8, 10, 15, 20, 29, 40].map((epoch): PipelineEvent => ({
    ...EPOCH,
    record: { ...RECORD, epoch },
  }));
  const numbers = printed([START, ...train]).match(/epoch \d+/g);
  assertEquals(numbers, ["epoch 7", "epoch 10", "epoch 20", "epoch 40"]);
});

Deno.test("Reporter.onEvent() tells a note once, however many engines come with it", () => {
  const other: PipelineEvent = {
    ...ENGINE,
    stage: "head",
    description: "WebAssembly",
    notes: [...ENGINE.notes, "another"],
  };
  assertEquals(
    printed([ENGINE, other]),
    "  skipped webgpu: there is no adapter\n  engine of embeddings: wasm, 2 workers\n  skipped another\n  engine of head: wasm, WebAssembly\n",
  );
});

Deno.test("Reporter.onEvent() shows five rejections of a stage and counts the rest", () => {
  const done = "  tensors       done in 9.0 s: " + DIRECTORY + "\n";
  assertEquals(
    printed([START, ...rejections(8), COMPLETE]),
    `${leftOut(5)}  … and 3 more left out\n${done}`,
  );
  const five = [START, ...rejections(5), COMPLETE];
  const doneFive = done.replace("9.0", "6.0");
  assertEquals(printed(five), leftOut(5) + doneFive);
  assertEquals(printed([...five, ...five]), (leftOut(5) + doneFive).repeat(2));
});

Deno.test("Reporter.onEvent() counts rejections once when the next stage was complete", () => {
  const next: PipelineEvent = { ...SKIPPED, stage: "embeddings" };
  assertEquals(
    printed([START, ...rejections(6), COMPLETE, next]),
    `${
      leftOut(5)
    }  … and 1 more left out\n  tensors       done in 7.0 s: ${DIRECTORY}\n  embeddings    already complete: ${DIRECTORY}\n`,
  );
});

Deno.test("Reporter.onEvent() estimates from the start of a stage what the rest takes", () => {
  const progress = [64, 128].map((done): PipelineEvent => (
    { type: "progress", stage: STAGE, done, total: 256 }
  ));
  const text = printed([START, ...progress], { stepMs: 60_000 });
  assertEquals(
    text.split("\n").at(-2),
    "  tensors: 128/256 images, 1.1/s, 2 min 0 s left",
  );
});

Deno.test("Reporter prints errors only when quiet", () => {
  const events = [
    { ...START, done: 1 },
    EPOCH,
    ...rejections(9),
    DAMAGED,
    WARNING,
    STALE,
    ENGINE,
    COMPLETE,
  ];
  assertEquals(printed(events, { quiet: true }), "");
  let text = "";
  const write = (more: string) => void (text += more);
  const reporter = new Reporter({ quiet: true, startBar, write });
  reporter.line("a line");
  reporter.note("a note");
  reporter.onEvent(START);
  reporter.error("it broke");
  assertEquals(text, "error: it broke\n");
});

Deno.test("Reporter prints lines as they are and notes indented", () => {
  let text = "";
  const write = (more: string) => void (text += more);
  const reporter = new Reporter({ quiet: false, write });
  reporter.line();
  reporter.line("a line");
  reporter.note("a note");
  assertEquals(text, "\na line\n  a note\n");
});

Deno.test("Reporter leaves every line and no bar on a terminal", () => {
  withTerminal(({ write, lines }) => {
    const reporter = new Reporter({ quiet: false, startBar, write });
    reporter.onEvent(START);
    reporter.onEvent(ENGINE);
    reporter.note("stopping");
    reporter.onEvent({ type: "progress", stage: STAGE, done: 64, total: 256 });
    reporter.onEvent(EPOCH);
    reporter.error("it broke");
    assertEquals(lines(), [
      "  skipped webgpu: there is no adapter",
      "  engine of embeddings: wasm, 2 workers",
      "  stopping",
      "error: it broke",
    ]);
  });
});
