/**
 * What pages say that the program decides: the quick start, and tables.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { PRESET_NAMES, SETTINGS, STAGES } from "../../mod.ts";
import { SETTING_NAMES } from "../../pipeline/config/settings.ts";
import { computeMetrics } from "../../pipeline/metrics/metrics.ts";
import { codeRows, readText, section } from "./pages.ts";

Deno.test("the quick start is one block of two commands", async () => {
  const text = section(await readText("README.md"), "## Quick start");
  const blocks = [...text.matchAll(/```sh\n([^]*?)```/g)];
  assertEquals(blocks.map(([, block]) => block), [
    "npx -y deno@2.9.6 task --quiet demo\nnpx -y deno@2.9.6 task test\n",
  ]);
});

Deno.test("the README is one page", async () => {
  const lines = (await readText("README.md")).split("\n").length - 1;
  assert(lines <= 200, `it has ${lines} lines`);
});

Deno.test("the table of settings is the one that the program has", async () => {
  assertEquals(
    codeRows(await readText("docs/settings.md")),
    SETTING_NAMES.map((name) => {
      const { default: value, unit = "", description } = SETTINGS[name];
      const shown = value === null ? "" : `\`${value}\``;
      return [`\`${name}\``, shown, unit, description];
    }),
  );
});

Deno.test("the table of metrics has every key of metrics.json", async () => {
  const metrics = computeMetrics({
    logits: Float32Array.of(1, 0, 1, 0),
    labels: Int32Array.of(0, 1),
    classNames: ["a", "b"],
    fit: { temperature: 1, reason: null },
  });
  const table = (await readText("docs/metrics.md")).split("\n## ")[0]!;
  const keys = codeRows(table)
    .flatMap(([cell]) => [...cell!.matchAll(/`([a-z]\w*)/g)])
    .map(([, key]) => key);
  assertEquals([...new Set(keys)].sort(), Object.keys(metrics).sort());
});

Deno.test("the table of backbones has every preset", async () => {
  const text = section(await readText("docs/backbones.md"), "## By name");
  assertEquals(
    codeRows(text).map(([name]) => name),
    PRESET_NAMES.map((name) => `\`${name}\``),
  );
});

Deno.test("the table of files on disk has every stage", async () => {
  const text = section(await readText("docs/on-disk.md"), "## Stages");
  const rows = text.split("\n").map((line) => line.split("|")[1]?.trim());
  for (const { name } of STAGES) assert(rows.includes(name), name);
});

Deno.test("the table of permissions is that of deno.json", async () => {
  const text = section(await readText("SECURITY.md"), "## Permissions");
  const { permissions } = JSON.parse(await readText("deno.json"));
  const { slow: _, ...tasks } = permissions as Record<
    string,
    Record<string, unknown>
  >;
  assertEquals(
    codeRows(text).map(([task, ...cells]) => [task, ...cells.map(Boolean)]),
    Object.entries(tasks).map(([task, { write, net, ffi, run }]) => [
      `\`${task}\``,
      ...[write, net, ffi, run].map((value) => value !== undefined),
    ]),
  );
});
