/**
 * Paths are resolved by programs of their own, as the folder of a process and
 * its environment are shared by all tests.
 *
 * @module
 */

import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { UsageError } from "../../../tasks/cli/flags.ts";
import {
  resolveUserPath,
  resolveUserPlace,
} from "../../../tasks/cli/user_path.ts";
import { PROJECT } from "../../e2e/support.ts";
import { tempDir } from "../../support/temp_dir.ts";

const MODULE = new URL("../../../tasks/cli/user_path.ts", import.meta.url);

/** Runs deno with `INIT_CWD` as given, or without; returns what it printed. */
async function runDeno(
  args: string[],
  options: { cwd: string; initCwd?: string },
): Promise<{ stdout: string; stderr: string }> {
  const { cwd, initCwd } = options;
  const { INIT_CWD: _, ...env } = Deno.env.toObject();
  const command = new Deno.Command(Deno.execPath(), {
    args,
    cwd,
    clearEnv: true,
    env: { ...env, NO_COLOR: "1", ...(initCwd && { INIT_CWD: initCwd }) },
  });
  const { stdout, stderr } = await command.output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { stdout: decode(stdout), stderr: decode(stderr) };
}

Deno.test("resolveUserPath() resolves against where the task was called, else against the current folder", async () => {
  await using directory = await tempDir();
  const source = `
    import { resolveUserPath } from ${JSON.stringify(MODULE.href)};
    const paths = ["a/b", "../a", ".", "/absolute/a", "/absolute/../b"];
    console.log(JSON.stringify(paths.map(resolveUserPath)));
  `;
  const absolute = ["/absolute/a", "/b"];
  const args = ["eval", `--config=${join(PROJECT, "deno.json")}`, source];
  const called = await runDeno(args, { cwd: PROJECT, initCwd: "/called/from" });
  assertEquals(JSON.parse(called.stdout), [
    "/called/from/a/b",
    "/called/a",
    "/called/from",
    ...absolute,
  ]);
  const { path } = directory;
  const plain = await runDeno(args, { cwd: path });
  assertEquals(JSON.parse(plain.stdout), [
    join(path, "a/b"),
    join(path, "../a"),
    path,
    ...absolute,
  ]);
});

Deno.test.each(["gs://bucket/photos", "https://example.com/a.jpg", "S3://b"])(
  "resolveUserPlace() takes %s for no path",
  (address) => {
    const { message } = assertThrows(
      () => resolveUserPlace(address),
      UsageError,
    );
    assertEquals(
      message,
      `Cannot use "${address}" as it must be a path, or s3://bucket/prefix for --work and --data: copy it to this machine first`,
    );
  },
);

Deno.test("resolveUserPath() says where a location may stand", () => {
  assertEquals(resolveUserPlace("s3://bucket/a"), "s3://bucket/a");
  assertThrows(
    () => resolveUserPath("s3://bucket/a"),
    UsageError,
    "takes only --work and --data",
  );
});

Deno.test.each<[string, string[], string]>([
  ["called", ["--work", "mine"], "called/mine"],
  ["called", [], "called/.headstart"],
  ["project/folder", [], "project/.headstart"],
])(
  "status called in %s with %j looks into %s",
  async (from, flags, expected) => {
    await using directory = await tempDir();
    const [cwd, initCwd] = [directory.join("project"), directory.join(from)];
    await Deno.mkdir(cwd);
    await Deno.mkdir(initCwd);
    const args = [
      "run",
      "--quiet",
      `--config=${join(PROJECT, "deno.json")}`,
      "-P=status",
      join(PROJECT, "tasks/confined.ts"),
      "status",
      ...flags,
    ];
    const { stderr } = await runDeno(args, { cwd, initCwd });
    assertStringIncludes(stderr, `in "${directory.join(expected)}"`);
  },
);

Deno.test.each([
  ["elsewhere", (at: string) => ` --config ${join(at, "project/deno.json")}`],
  ["project/folder", () => ""],
])(
  "a call repeated in %s names the project only outside of it",
  async (from, config) => {
    await using directory = await tempDir();
    const project = directory.join("project");
    await Deno.mkdir(project);
    const call = new URL("call.ts", MODULE);
    const source = `
    import { callOf } from ${JSON.stringify(call.href)};
    console.log(callOf("train", { run: "a" }));
  `;
    const args = ["eval", `--config=${join(PROJECT, "deno.json")}`, source];
    const initCwd = directory.join(from);
    const { stdout } = await runDeno(args, { cwd: project, initCwd });
    assertEquals(
      stdout,
      `deno task${config(directory.path)} train --run a\n`,
    );
  },
);
