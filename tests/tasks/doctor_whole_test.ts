/**
 * `deno task doctor` as a program.
 *
 * @module
 */

import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { join } from "@std/path";
import { copyFolder, PROJECT, runTask } from "../e2e/support.ts";
import { tempDir } from "../support/temp_dir.ts";

/** An engine, as the task prints it. */
interface PrintedEngine {
  name: string;
  isAvailable: boolean;
  reason?: string;
}

Deno.test("doctor prints versions, engines, packages and disk", async () => {
  await using directory = await tempDir();
  const work = directory.join("work");
  const { code, json, stderr } = await runTask("doctor", [
    "--json",
    "--work",
    work,
  ]);
  assertEquals(code, 0, stderr);
  const { engines, packages, disk, ...rest } = json as {
    engines: PrintedEngine[];
    packages: Record<string, string>;
    disk: { isWritable: boolean; freeBytes: number };
  };
  const { deno, v8 } = Deno.version;
  const { os, arch } = Deno.build;
  const system = `${os} ${arch}`;
  const cores = navigator.hardwareConcurrency;
  assertEquals(rest as unknown, { deno, v8, system, cores });
  assertEquals(disk.isWritable, true);
  assert(Number.isSafeInteger(disk.freeBytes) && disk.freeBytes > 0);
  assertEquals(engines.map(({ name }) => name), ["webgpu", "cpu", "wasm"]);
  for (const { isAvailable, reason, name } of engines) {
    assert(isAvailable || reason, name);
    const state = isAvailable ? "available, " : `not chosen by auto: ${reason}`;
    assertStringIncludes(stderr, `\nengine ${name}: ${state}`);
  }
  assert(engines[2]!.isAvailable);
  const { imports } = JSON.parse(
    await Deno.readTextFile(join(PROJECT, "deno.json")),
  );
  const specifiers = Object.values<string>(imports);
  const entries = Object.entries(packages);
  assert(entries.length >= 7);
  for (const [name, version] of entries) {
    assert(
      specifiers.some((s) => s.startsWith(`npm:${name}@${version}`)),
      name,
    );
    assertStringIncludes(stderr, `package ${name} ${version}\n`);
  }
  assertMatch(stderr, /^work directory .+\/work: writable, .+B free$/m);
  assertEquals(await Array.fromAsync(Deno.readDir(directory.path)), []);
});

Deno.test("doctor says so when the work directory cannot be written", async () => {
  await using directory = await tempDir();
  const file = directory.join("file");
  await Deno.writeTextFile(file, "");
  const work = join(file, "work");
  const { code, json, stderr } = await runTask("doctor", [
    "--json",
    "--work",
    work,
  ]);
  assertEquals(code, 0);
  assertEquals((json!.disk as { isWritable: boolean }).isWritable, false);
  assertStringIncludes(stderr, `work directory ${work}: NOT writable, `);
});

Deno.test("doctor reads packages when deno.json has some from JSR", async () => {
  await using directory = await tempDir();
  const { path } = directory;
  for (const folder of ["tasks", "pipeline"]) {
    await copyFolder(join(PROJECT, folder), join(path, folder));
  }
  for (const file of ["mod.ts", "deno.lock"]) {
    await Deno.copyFile(join(PROJECT, file), join(path, file));
  }
  const text = await Deno.readTextFile(join(PROJECT, "deno.json"));
  const config = JSON.parse(text);
  // Nothing imports it, so that nothing is fetched.
  config.imports["@std/unused"] = "jsr:@std/unused@1.0.0";
  config.lock = { frozen: false };
  const file = join(path, "deno.json");
  await Deno.writeTextFile(file, JSON.stringify(config));
  const command = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--cached-only", `--config=${file}`, "-P=doctor"],
      ...[
        "tasks/confined.ts",
        "doctor",
        "--json",
        "--work",
        join(path, "work"),
      ],
    ],
    cwd: path,
    env: { NO_COLOR: "1" },
  });
  const { code, stdout, stderr } = await command.output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  const { packages } = JSON.parse(new TextDecoder().decode(stdout));
  assertEquals(packages.zod, /@([^@]+)$/.exec(config.imports.zod)![1]);
});
