import { assertEquals } from "@std/assert";
import { compareTable } from "./check.ts";
import { findLoose, listPackages, type LockFile } from "./lock_file.ts";

const LOCK: LockFile = {
  specifiers: {},
  npm: {
    "a@1.0.0_peer@2.0.0": {
      integrity: "sha512-x",
      dependencies: ["b", "c@2.0.0"],
    },
    "b@1.0.0": { integrity: "sha512-x", dependencies: ["c@2.0.0"] },
    "c@1.0.0": { integrity: "sha512-x" },
    "c@2.0.0": { integrity: "sha512-x", scripts: true },
    "@d/e@1.2.3": { integrity: "sha512-x", optionalDependencies: ["a"] },
  },
};

const CONFIG = {
  imports: { "a": "npm:a@1.0.0", "d/": "npm:@d/e@1.2.3/e.js" },
  allowScripts: { allow: [], deny: ["npm:c"] },
  lock: { frozen: true },
};

Deno.test("listPackages() counts what comes with a package, each once", () => {
  assertEquals(listPackages(CONFIG, LOCK), [
    { name: "@d/e", version: "1.2.3", brings: 3 },
    { name: "a", version: "1.0.0", brings: 2 },
  ]);
});

Deno.test("findLoose() finds what is not pinned, and scripts", () => {
  assertEquals(findLoose(CONFIG, LOCK), []);
  const loose = {
    imports: { a: "npm:a@^1.0.0" },
    allowScripts: { allow: ["npm:c"], deny: [] },
    lock: { frozen: false },
  };
  const npm = { "c@2.0.0": { scripts: true } };
  assertEquals(findLoose(loose, { specifiers: {}, npm }), [
    "deno.lock must be frozen",
    "no package may run a script when it is installed",
    "a must have an exact version: npm:a@^1.0.0",
    "c@2.0.0 has no SHA-512",
    "c@2.0.0 has install scripts: deny them in deno.json",
  ]);
});

Deno.test("compareTable() finds rows that lack, and rows of another version", () => {
  const page = "| `a` | 1.0.1 | 2 | Sep 2026 | x | newest | none known |\n" +
    "| `@d/e`   | 1.2.3   |      3 | by Dec 2024  | x | y | [open](#z) |\n";
  assertEquals(compareTable(page, listPackages(CONFIG, LOCK)), [
    "docs/dependencies.md lacks a row: a@1.0.0 brings 2",
    "docs/dependencies.md has a row too many: a@1.0.1 brings 2",
  ]);
});

Deno.test("compareTable() finds a row without a date, or without a word on advisories", () => {
  const page = "| `a` | 1.0.0 | 2 | 2026 | x | y | none known |\n" +
    "| `@d/e` | 1.2.3 | 3 | Dec 2024 | x | y |  |\n";
  assertEquals(compareTable(page, listPackages(CONFIG, LOCK)), [
    "docs/dependencies.md lacks a row: @d/e@1.2.3 brings 3",
    "docs/dependencies.md lacks a row: a@1.0.0 brings 2",
  ]);
});
