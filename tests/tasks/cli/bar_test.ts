import { assertEquals, assertStringIncludes } from "@std/assert";
import { startBar } from "../../../tasks/cli/bar.ts";
import { withTerminal } from "../support.ts";

const SHOWN = { title: "embeddings", total: 256, unit: "images" };

Deno.test("startBar() draws a bar, and takes it away, on a terminal", () => {
  withTerminal((terminal) => {
    const lines: string[] = [];
    const print = (line: string) => lines.push(line);
    const progress = startBar({ ...SHOWN, print });
    try {
      assertEquals(terminal.lines(), [
        `  embeddings ${"░".repeat(24)} 0/256 images | -/s | - left`,
      ]);
      progress.update(256, "a note");
    } finally {
      progress.stop();
    }
    assertEquals(terminal.lines(), []);
    assertEquals(lines, []);
  });
});

Deno.test("startBar() keeps what is printed while the bar is away", () => {
  withTerminal((terminal) => {
    const print = () => {};
    const progress = startBar({ ...SHOWN, print });
    try {
      progress.update(64);
      progress.interrupt(() => terminal.write("one\n"));
      progress.interrupt(() => terminal.write("two\n"));
      const [one, two, bar, ...rest] = terminal.lines();
      assertEquals([one, two, ...rest], ["one", "two"]);
      assertStringIncludes(bar!, "░ 64/256 images | ");
    } finally {
      progress.stop();
    }
    assertEquals(terminal.lines(), ["one", "two"]);
  });
});
