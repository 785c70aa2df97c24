import { assertEquals } from "@std/assert";
import { lines, module } from "./support/violations.ts";

Deno.test.each([
  ["Deno.readFile(x)", "Deno"],
  ["let info: Deno.FileInfo;", "Deno"],
  ["await fetch (url)", "fetch()"],
  ["navigator.gpu", "navigator"],
  ["new Date()", "Date"],
  ["`${performance.now()} ms`", "performance"],
  ["Math.random()", "Math.random"],
  ["console.log(1)", "console"],
  ["globalThis.Deno", "globalThis"],
  ["crypto.randomUUID()", "crypto other than crypto.subtle"],
])("findViolations() finds %s in pure code", (source, what) => {
  const rule = "bytes and numbers in, bytes and numbers out";
  for (
    const file of [
      "pipeline/head/model.ts",
      "pipeline/backbone/spec.ts",
      "pipeline/stages/tensors.ts",
      "pipeline/errors.ts",
    ]
  ) {
    assertEquals(lines(module(file, [], source)), [
      `${file}: ${rule}: ${what}`,
    ]);
  }
  assertEquals(lines(module("pipeline/run/train.ts", [], source)), []);
});

Deno.test("findViolations() does not take words for code", () => {
  const source = `
    /** Needs no Deno, no fetch() and no Date. */
    const a = "console"; // performance
    const b = \`Cannot fetch (\${a}) as Deno has no navigator\`;
    const c = options.performance ?? this.fetch(a) ?? prefetch(b) ?? $Date;
    const d = /Deno|console/.test(a);
  `;
  assertEquals(lines(module("pipeline/head/model.ts", [], source)), []);
});

Deno.test("findViolations() lets backends use navigator, and nothing more", () => {
  const file = "pipeline/backends/webgpu/device.ts";
  const source = "navigator.gpu; console.log(1)";
  assertEquals(lines(module(file, [], source)), [
    `${file}: bytes and numbers in, bytes and numbers out: console`,
  ]);
});
