import { assertEquals } from "@std/assert";
import project from "../../deno.json" with { type: "json" };
import { type Import, readProject } from "../support/project_graph.ts";

const ROOT = new URL("../../", import.meta.url);

/** Finds all that loads with a module of the project. */
async function findLoaded(): Promise<(path: string) => Set<string>> {
  const modules = await readProject();
  const imports = new Map(modules.map(({ path, imports }) => [path, imports]));
  const first = ({ loads }: Import) => loads === "first";
  const collect = (path: string, found: Set<string>) => {
    if (found.has(path)) return found;
    found.add(path);
    for (const { target } of imports.get(path)?.filter(first) ?? []) {
      collect(target, found);
    }
    return found;
  };
  return (path) => collect(path, new Set());
}

/** The packages of backends. */
const PACKAGES = /^npm:\/?(@tensorflow|onnx)/;

/** The folders of code that works. */
const WORK =
  /^pipeline\/(backends|classify|evidence|findings|head|image|metrics|onnx|report|run|serve\/(?!limits)|stages)/;

Deno.test("a task loads nothing that works before its flags are read", async () => {
  const loadedWith = await findLoaded();
  const tasks = (await Array.fromAsync(Deno.readDir(new URL("tasks/", ROOT))))
    .filter(({ isFile }) => isFile);
  assertEquals(tasks.length > 7, true);
  for (const { name } of tasks) {
    const found = [...loadedWith(`tasks/${name}`)];
    assertEquals(found.filter((target) => WORK.test(target)), [], name);
    const packages = /^npm:\/?(@tensorflow|onnx|cli-progress|fflate)/;
    assertEquals(found.filter((target) => packages.test(target)), [], name);
    const hasFlags = found.includes("pipeline/config/settings.ts");
    // A thread loads the task later.
    assertEquals(hasFlags, name !== "confined.ts", name);
  }
});

Deno.test("Deno reads what loads later only then", () => {
  assertEquals(project.unstable.includes("lazy-dynamic-imports"), true);
});

Deno.test("a complete run loads nothing that makes files", async () => {
  const loadedWith = await findLoaded();
  const makes =
    /^pipeline\/(backends|export|onnx|report|serve|stages\/make)\/|\/(decode|resize|search|trainer|devices)\.ts$/;
  for (const task of ["prepare", "embed", "train", "evaluate", "status"]) {
    const found = [...loadedWith(`pipeline/run/${task}.ts`)];
    assertEquals(found.includes("pipeline/stages/stages.ts"), true);
    assertEquals(found.filter((target) => makes.test(target)), [], task);
    const readers = /^pipeline\/(weights\/(mod|formats)|s3\/s3_store)/;
    assertEquals(found.filter((target) => readers.test(target)), [], task);
  }
});

Deno.test("a complete run loads nothing of Node, which takes 20 ms in each thread", async () => {
  const loadedWith = await findLoaded();
  const runs = ["prepare", "embed", "train", "evaluate", "status"]
    .map((name) => `pipeline/run/${name}.ts`);
  const tasks = ["confined", "prepare", "embed", "train", "eval", "status"]
    .map((name) => `tasks/${name}.ts`);
  for (const path of [...runs, ...tasks]) {
    const found = [...loadedWith(path)];
    // `@std/path` asks for `process`.
    const node = found.filter((target) =>
      /^node:|deno-std@[^/]+\/path\/mod/.test(target)
    );
    assertEquals(node, [], path);
  }
});

Deno.test("no work loads tfjs or onnxruntime before it needs an engine", async () => {
  const loadedWith = await findLoaded();
  const found = [...loadedWith("mod.ts")];
  assertEquals(found.includes("pipeline/backends/open_backend.ts"), true);
  const heavy = found.filter((target) =>
    PACKAGES.test(target) || /\/backends\/(tfjs|webgpu|wasm)\//.test(target)
  );
  assertEquals(heavy, []);
});

Deno.test("a backend that embeds loads no code of the head", async () => {
  const loadedWith = await findLoaded();
  const of = (path: string, pattern: RegExp) =>
    [...loadedWith(`pipeline/backends/${path}.ts`)]
      .filter((target) => pattern.test(target));
  const head = /backends\/.*(head|compute|slot|layers)|kernel_memory/;
  assertEquals(of("wasm/compute", head).length > 4, true);
  for (const name of ["cpu", "wasm", "webgpu"]) {
    assertEquals(of(`${name}/embedder`, head), [], name);
  }
  for (const name of ["cpu", "wasm"]) {
    assertEquals(of(`${name}/worker`, head), [], name);
    // The worker loads the package, in its own thread.
    assertEquals(of(`${name}/embedder`, PACKAGES), [], name);
  }
});
