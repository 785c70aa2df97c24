import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { type BenchOptions, parseOptions, renderHelp } from "./options.ts";

const CASES = ["peak", "growth", "head"];

const DEFAULTS: BenchOptions = {
  quick: false,
  format: "text",
  only: [],
  runs: 5,
  help: false,
};

Deno.test.each<[string, Partial<BenchOptions>]>([
  ["", {}],
  ["--json", { format: "json" }],
  ["--markdown", { format: "markdown" }],
  ["--quick", { quick: true, runs: 2 }],
  ["--quick --runs 7", { quick: true, runs: 7 }],
  ["--only peak", { only: ["peak"] }],
  ["--only peak,head --only=growth", { only: ["peak", "head", "growth"] }],
  ["--help", { help: true }],
])("parseOptions() reads '%s'", (text, expected) => {
  const args = text.split(" ").filter((arg) => arg !== "");
  assertEquals(parseOptions(args, CASES), { ...DEFAULTS, ...expected });
});

Deno.test.each([
  ["--fast", `Cannot read "--fast" as it must be a flag of bench: see --help`],
  ["peak", `Cannot read "peak" as it must be a flag of bench: see --help`],
  [
    "--only=speed",
    `Cannot run "speed" as --only must name one of peak, growth, head: current value is "speed"`,
  ],
  [
    "--runs=0",
    `Cannot take rounds as --runs must be a positive integer: current value is "0"`,
  ],
])("parseOptions() refuses '%s'", (arg, message) => {
  assertThrows(() => parseOptions([arg], CASES), RangeError, message);
});

Deno.test("renderHelp() lists the cases", () => {
  const cases = [
    { name: "peak", summary: "the peak" },
    { name: "growth", summary: "how it grows" },
  ];
  assertStringIncludes(
    renderHelp(cases),
    "Cases:\n  peak    the peak\n  growth  how it grows",
  );
});
