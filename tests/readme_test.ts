import { assertEquals } from "@std/assert";
import { SETTING_NAMES, SETTINGS } from "../mod.ts";
import { computeMetrics } from "../pipeline/metrics/metrics.ts";

const README = await Deno.readTextFile(
  new URL("../README.md", import.meta.url),
);

/** Text of a section, without its heading. */
function section(title: string): string {
  const [, rest] = README.split(`\n## ${title}\n`);
  return rest!.split("\n## ")[0]!;
}

Deno.test("the quick start is one block of two commands", () => {
  const blocks = [...section("Quick start").matchAll(/```sh\n([^]*?)```/g)];
  assertEquals(blocks.map(([, text]) => text), [
    "npx -y deno@2.9.6 task demo\nnpx -y deno@2.9.6 task test\n",
  ]);
});

Deno.test("the table of settings is the one that the program has", () => {
  const rows = section("Configuration").split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()));
  assertEquals(
    rows,
    SETTING_NAMES.map((name) => {
      const { default: value, unit = "", description } = SETTINGS[name];
      const shown = value === null ? "" : `\`${value}\``;
      return [`\`${name}\``, shown, unit, description];
    }),
  );
});

Deno.test("the table of metrics has every key of metrics.json", () => {
  const metrics = computeMetrics({
    logits: Float32Array.of(1, 0, 1, 0),
    labels: Int32Array.of(0, 1),
    classNames: ["a", "b"],
    numbers: () => () => 0,
    fit: { temperature: 1, reason: null },
  });
  const keys = section("Metrics").split("\n")
    .filter((line) => line.startsWith("| `"))
    .flatMap((line) => [...line.split("|")[1]!.matchAll(/`([a-z]\w*)/g)])
    .map(([, key]) => key);
  assertEquals([...new Set(keys)].sort(), Object.keys(metrics).sort());
});
