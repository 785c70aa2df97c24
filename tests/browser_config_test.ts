import { assertEquals } from "@std/assert";

/** Reads a configuration. */
async function readConfig(path: string) {
  return JSON.parse(await Deno.readTextFile(new URL(path, import.meta.url)));
}

const ROOT = await readConfig("../deno.json");

const BROWSER = await readConfig("browser/deno.json");

/** Packages that only the tests of the page have. */
const OWN = {
  "axe-core": "npm:axe-core@4.14.1",
  "playwright-core": "npm:playwright-core@1.65.1",
};

Deno.test("the tests of the page have the packages of the project, and their own", () => {
  assertEquals(BROWSER.imports, { ...ROOT.imports, ...OWN });
});

Deno.test.each([
  "unstable",
  "lock",
  "compilerOptions",
  "nodeModulesDir",
  "allowScripts",
])(
  "the tests of the page have the project's %s",
  (name) => assertEquals(BROWSER[name], ROOT[name]),
);

Deno.test("the project has none of the packages of the tests of the page", () => {
  assertEquals(Object.keys(OWN).filter((name) => name in ROOT.imports), []);
});
