import { assertEquals } from "@std/assert";
import { PROJECT, runTask } from "../e2e/support.ts";
import { tempDir } from "../support/temp_dir.ts";

Deno.test("build says what is wrong with its flags", async () => {
  await using directory = await tempDir();
  const own = ["--work", directory.path, "--quiet"];
  const out = directory.join("new");
  const cases: [string[], string][] = [
    [[], "Cannot build without --out"],
    [
      ["--out", directory.path],
      `Cannot build "${directory.path}" as there is something already: remove it, or give another --out`,
    ],
    [
      ["--out", out, "--form", "zip"],
      'Cannot use --form as it must be one of auto, compiled, packed, folder: current value is "zip"',
    ],
    [
      ["--out", out, "--target", "pdp11"],
      'Cannot use --target as it must be a machine that Deno has executables for, such as aarch64-unknown-linux-gnu: current value is "pdp11"',
    ],
  ];
  for (const [args, message] of cases) {
    const { code, stderr } = await runTask("build", [...args, ...own]);
    assertEquals({ code, stderr }, {
      code: 2,
      stderr: `error: ${message}\nSee deno task build --help\n`,
    });
  }
});

Deno.test("an executable says which commands it has", async () => {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "-A", "tasks/executable.ts", "fly"],
    cwd: PROJECT,
  }).output();
  assertEquals([code, new TextDecoder().decode(stderr).split("\n")[0]], [
    2,
    'error: Cannot run "fly" as it must be predict or serve',
  ]);
});
