/**
 * Every task is refused what its command line does not need: a file is read and
 * written outside of it, connections are opened, a program is started, in a thread
 * with the permissions of the task.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { PROJECT, runTask } from "../e2e/support.ts";
import { tempDir } from "../support/temp_dir.ts";

const FILES = ["read outside", "write outside", "make outside"];
const NET = ["connect", "connect outside"];

/** Everything that is refused to a task that only works in its work directory. */
const ALL = [...FILES, ...NET, "start"];

/** What is refused to a task that may load native code, and to one that may not. */
const NATIVE = ALL;
const PURE = [...ALL, "native"];

/** What is refused to a task that only reads. */
const READER = ["write work", ...PURE];

const CASES: [task: string, args: string[], refused: string[]][] = [
  ["prepare", [], PURE],
  ["prepare", ["--native-jpeg"], PURE],
  [
    "prepare",
    ["--data", "OUT"],
    PURE.filter((name) => name !== "read outside"),
  ],
  // A path in a configuration is relative to its folder.
  [
    "prepare",
    ["--config", "OUT/config.json"],
    PURE.filter((name) => name !== "read outside"),
  ],
  // The parts of a checkpoint lie beside it.
  [
    "prepare",
    ["--backbone", "OUT/model.ckpt"],
    PURE.filter((name) => name !== "read outside"),
  ],
  // The hosts of the presets, and no others.
  ["prepare", ["--backbone", "keras"], PURE],
  ["embed", [], NATIVE],
  ["train", [], NATIVE],
  ["train", ["--engine", "wasm"], PURE],
  ["eval", [], NATIVE],
  ["eval", ["--engine=webgpu"], PURE],
  // Only the programs that open a page.
  ["eval", ["--open"], NATIVE],
  ["predict", ["photo.jpg", "--top-k", "3"], NATIVE],
  ["predict", ["OUT/*.jpg"], NATIVE.filter((name) => name !== "read outside")],
  ["predict", ["-"], NATIVE.filter((name) => name !== "read outside")],
  ["predict", ["a.jpg", "--sort", "OUT"], [...NET, "start"]],
  ["predict", ["a.jpg", "--sort", "OUT", "--engine", "wasm"], [
    ...NET,
    ...["start", "native"],
  ]],
  ["export", ["--format", "onnx"], NATIVE],
  ["export", ["--out", "OUT/onnx"], [...NET, "start"]],
  // What it makes, and nothing beside it.
  ["export", ["--out", "OUT/new/folder/onnx"], [
    ...["read outside", "write outside"],
    ...[...NET, "start"],
  ]],
  ["serve", [], ["write work", ...NATIVE]],
  ["serve", ["--port", "9"], [
    ...["write work", ...FILES],
    ...["connect outside", "start"],
  ]],
  ["serve", ["--listen", "[::1]", "--port", "9e3"], ["write work", ...NATIVE]],
  // It tries what it has built.
  ["build", ["--out", "WORK/built"], NET],
  ["compare", ["a", "b"], PURE],
  ["demo", [], PURE],
  ["status", [], READER],
  ["verify", [], PURE],
  ["clean", [], PURE],
  ["runs", [], READER],
  ["simulate", [], READER],
  ["summary", [], READER],
  ["doctor", [], NATIVE],
  ["weights", ["list"], PURE],
  ["weights", ["inspect", "OUT/model.ckpt"], [
    ...["write outside", "make outside"],
    ...[...NET, "start", "native"],
  ]],
  ["weights", ["fetch", "keras"], PURE],
  // Workers that decode photos or read files, and those with native code.
  ["worker", [], ["read work", ...READER]],
  ["worker native", [], ["read work", "write work", ...NATIVE]],
];

Deno.test.each(CASES)("%s %j is refused %j", async (task, args, refused) => {
  await using folder = await tempDir();
  // The project is not outside: the program is in it.
  const outside = await Deno.makeTempDir();
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(() => Deno.remove(outside, { recursive: true }));
  const work = folder.join("work");
  await Deno.mkdir(work);
  for (const path of [work, outside]) {
    await Deno.writeTextFile(join(path, "file"), "");
    await Deno.writeTextFile(join(path, "config.json"), '{ "data": "." }');
    await Deno.writeTextFile(join(path, "model.ckpt.index"), "");
  }
  const given = args.map((arg) =>
    arg.replace("OUT", outside).replace("WORK", work)
  );
  const set = task.startsWith("worker") ? "train" : task;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-check", `-P=${set}`],
      ...["tests/tasks/confined/main.ts", JSON.stringify({ work, outside })],
      ...[task, ...given, "--work", work],
    ],
    cwd: PROJECT,
    env: { INIT_CWD: work },
  }).output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  assertEquals(decode(stderr), "");
  assertEquals(JSON.parse(decode(stdout)).toSorted(), refused.toSorted());
});

Deno.test("a task may look for weights that are gone", async () => {
  await using folder = await tempDir();
  const gone = folder.join("gone.pth");
  const flags = ["--backbone", gone, "--work", folder.join("work")];
  const { code, stderr } = await runTask("prepare", flags);
  assertEquals(code, 2);
  assertStringIncludes(stderr, "or a weight file: there is no such file");
});

Deno.test("a task follows links out of the folder of photos", async () => {
  await using folder = await tempDir();
  const data = folder.join("data");
  await Deno.mkdir(data);
  for (const name of ["coin", "leaf"]) {
    const photos = join(PROJECT, "fixtures/images/val", name);
    await Deno.symlink(photos, join(data, name));
  }
  const flags = ["--data", data, "--work", folder.join("work")];
  const { stderr } = await runTask("prepare", flags);
  assertStringIncludes(stderr, "  20 images of 2 classes: ");
});

Deno.test("every task of deno.json starts confined, and has a case", async () => {
  const config = JSON.parse(
    await Deno.readTextFile(join(PROJECT, "deno.json")),
  );
  const tasks = Object.entries(
    config.tasks as Record<string, { command: string }>,
  )
    .filter(([, { command }]) => command.includes(" tasks/"));
  const names = new Set(CASES.map(([task]) => task));
  for (const [name, { command }] of tasks) {
    const [task] = name.split(":");
    assertEquals(command.includes(` tasks/confined.ts ${task}`), true, command);
    assertEquals(names.has(task!), true, name);
  }
});
