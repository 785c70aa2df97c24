import { assert, assertEquals } from "@std/assert";
import { formatDuration, startLines } from "../../../tasks/cli/progress.ts";
import { withClock } from "../support.ts";

const SHOWN = { title: "embeddings", total: 256, unit: "images" };

Deno.test.each<[number, string]>([
  [0, "0.0 s"],
  [0.04, "0.0 s"],
  [0.44, "0.4 s"],
  [9.94, "9.9 s"],
  [9.96, "10 s"],
  [10, "10 s"],
  [10.4, "10 s"],
  [59.4, "59 s"],
  [59.6, "1 min 0 s"],
  [60, "1 min 0 s"],
  [61, "1 min 1 s"],
  [119.4, "1 min 59 s"],
  [119.6, "2 min 0 s"],
  [3599.4, "59 min 59 s"],
  [3599.6, "1 h 0 min"],
  [3600, "1 h 0 min"],
  [7140, "1 h 59 min"],
  [7800, "2 h 10 min"],
  [360_000, "100 h 0 min"],
])("formatDuration() shows %s seconds as %s", (seconds, text) => {
  assertEquals(formatDuration(seconds * 1000), text);
});

/** Shows updates as plain lines, each at its second; returns the lines. */
function linesOf(updates: readonly [number, number, string?][]): string[] {
  const lines: string[] = [];
  withClock((clock) => {
    const print = (line: string) => lines.push(line);
    const progress = startLines({ ...SHOWN, print });
    for (const [seconds, done, note] of updates) {
      clock.ms = seconds * 1000;
      progress.update(done, note);
    }
    progress.stop();
  });
  return lines;
}

Deno.test("startLines() prints no line before 30 seconds are over", () => {
  assertEquals(linesOf([[0, 0], [15, 64], [29.9, 128]]), []);
});

Deno.test("startLines() prints rate, rest and note on a plain line", () => {
  assertEquals(linesOf([[0, 128], [60, 192]]), [
    "  embeddings: 192/256 images, 1.1/s, 1 min 0 s left",
  ]);
  assertEquals(linesOf([[0, 128], [60, 192, "loss 0.5"]]), [
    "  embeddings: 192/256 images, 1.1/s, 1 min 0 s left, loss 0.5",
  ]);
});

Deno.test("startLines() shows whole units a second from 10 on", () => {
  const lines: string[] = [];
  withClock((clock) => {
    const print = (line: string) => lines.push(line);
    const total = 10_000;
    const shown = { ...SHOWN, total, print };
    const progress = startLines(shown);
    progress.update(0);
    clock.ms = 40_000;
    progress.update(500);
  });
  assertEquals(lines, [
    "  embeddings: 500/10000 images, 13/s, 12 min 40 s left",
  ]);
});

Deno.test("startLines() shows no rate when nothing was done since the start", () => {
  assertEquals(linesOf([[0, 64], [31, 64]]), [
    "  embeddings: 64/256 images, -/s, - left",
  ]);
});

Deno.test("startLines() prints a line every 30 seconds when updates come every second", () => {
  const seconds = Array.from({ length: 255 }, (_, i) => i + 1);
  const lines = linesOf(seconds.map((second) => [second, second]));
  assertEquals(lines.length, 8);
  lines.forEach((line, i) =>
    assert(line.startsWith(`  embeddings: ${30 * (i + 1)}/256 images, `), line)
  );
});

Deno.test("startLines() prints no line at the end, which is told otherwise", () => {
  assertEquals(linesOf([[0, 0], [300, 256]]), []);
});

Deno.test("startLines() prints at once what interrupts plain lines", () => {
  const lines: string[] = [];
  const print = (line: string) => lines.push(line);
  const progress = startLines({ ...SHOWN, print });
  progress.interrupt(() => print("a line"));
  assertEquals(lines, ["a line"]);
});

Deno.test("startLines() takes the rate from where it was restarted", () => {
  const lines: string[] = [];
  withClock((clock) => {
    const print = (line: string) => lines.push(line);
    const progress = startLines({ ...SHOWN, print });
    progress.update(64);
    clock.ms = 20_000;
    progress.restart();
    clock.ms = 36_000;
    progress.update(128);
  });
  assertEquals(lines, [
    "  embeddings: 128/256 images, 4.0/s, 32 s left",
  ]);
});
