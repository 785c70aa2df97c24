/**
 * What a reporter draws on a terminal while a head is trained.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import type { PipelineEvent } from "../../../mod.ts";
import { startBar } from "../../../tasks/cli/bar.ts";
import { Reporter } from "../../../tasks/cli/reporter.ts";
import { withTerminal } from "../support.ts";
import { EPOCH, RECORD, START } from "./events.ts";

/** Trains under a bar; returns what its end shows after each epoch. */
function endsOfBar(epochs: readonly PipelineEvent[], curve?: boolean) {
  const ends: string[] = [];
  withTerminal(({ write, lines }) => {
    const options = { quiet: false, startBar, write };
    const reporter = new Reporter(
      curve === undefined ? options : { ...options, curve },
    );
    const total = 40;
    reporter.onEvent({ ...START, stage: "head", total, unit: "epochs" });
    try {
      for (const epoch of epochs) {
        reporter.onEvent(epoch);
        // Drawn at once only after something else is printed.
        reporter.note("a note");
        ends.push(lines().at(-1)!.split(" | ").at(-1)!);
      }
    } finally {
      reporter.stop();
    }
    assertEquals(lines(), epochs.map(() => "  a note"));
  });
  return ends;
}

/** Epochs with so much accuracy on the validation split. */
function epochsOf(...accuracies: number[]): PipelineEvent[] {
  return accuracies.map((validationAccuracy) => ({
    ...EPOCH,
    record: { ...EPOCH.record, validationAccuracy },
  }));
}

Deno.test("Reporter draws the accuracy of the epochs on the bar of a terminal", () => {
  assertEquals(endsOfBar(epochsOf(0.25, 0.75, 0.5)), [
    "validation 25.0 % ▄",
    "validation 75.0 % ▁█",
    "validation 50.0 % ▁█▅",
  ]);
  const training = [0.5, 0.25].map((trainAccuracy): PipelineEvent => (
    { ...EPOCH, record: { ...RECORD, trainAccuracy } }
  ));
  assertEquals(endsOfBar(training), [
    "training 50.0 % ▄",
    "training 25.0 % █▁",
  ]);
});

Deno.test("Reporter draws no course when it is not to, and begins anew with a stage", () => {
  assertEquals(endsOfBar(epochsOf(0.25, 0.75), false), [
    "validation 25.0 %",
    "validation 75.0 %",
  ]);
  const again: PipelineEvent = { ...START, stage: "head", unit: "epochs" };
  const [, , third] = endsOfBar([...epochsOf(0.25), again, ...epochsOf(0.5)]);
  assertEquals(third, "validation 50.0 % ▄");
});

Deno.test("Reporter keeps the accuracies that the widest terminal shows", () => {
  withTerminal(({ write, lines }) => {
    const reporter = new Reporter({ quiet: false, startBar, write });
    reporter.onEvent({ ...START, stage: "head", unit: "epochs" });
    try {
      epochsOf(1, 0, ...Array(511).fill(0.5)).forEach(reporter.onEvent);
      reporter.note("a note");
      const blocks = lines().at(-1)!.match(/[▁▂▃▄▅▆▇█]+$/)![0];
      assertEquals(blocks, "▁" + "█".repeat(511));
    } finally {
      reporter.stop();
    }
  }, 1000);
});
