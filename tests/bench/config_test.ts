import { assertEquals } from "@std/assert";

/** Reads a configuration. */
async function readConfig(path: string) {
  return JSON.parse(await Deno.readTextFile(new URL(path, import.meta.url)));
}

const ROOT = await readConfig("../../deno.json");

const BENCH = await readConfig("deno.json");

/** Packages that only the benchmark has. */
const PEERS = [
  "autocannon",
  "onnxruntime-web",
  "onnxruntime-web/webgpu",
  "sharp",
];

Deno.test("the benchmark has the packages of the project, and its own", () => {
  const { imports } = BENCH;
  const others = Object.fromEntries(PEERS.map((name) => [name, imports[name]]));
  assertEquals(imports, { ...ROOT.imports, ...others });
});

Deno.test("the benchmark pins exact versions", () => {
  for (const name of PEERS) {
    assertEquals(
      /@\d+\.\d+\.\d+(\/\w+)?$/.test(BENCH.imports[name]),
      true,
      name,
    );
  }
});

Deno.test.each(["unstable", "lock", "compilerOptions", "nodeModulesDir"])(
  "the benchmark has the project's %s",
  (name) => assertEquals(BENCH[name], ROOT[name]),
);

Deno.test("the benchmark runs no script of a package, and Deno need not say so", () => {
  const { allow, deny } = ROOT.allowScripts;
  const scripts = { allow, deny: [...deny, "npm:sharp"] };
  assertEquals(BENCH.allowScripts, scripts);
});

Deno.test("the project has none of the benchmark's packages", () => {
  assertEquals(PEERS.filter((name) => name in ROOT.imports), []);
});
