/**
 * `deno task export` as a program.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { HAS_NATIVE_CODE } from "../backends/support.ts";
import { runTask } from "../e2e/support.ts";
import { copyQuick } from "../run/support.ts";
import { tempDir } from "../support/temp_dir.ts";
import { walkFiles } from "../support/walk_files.ts";

Deno.test({
  name: "export says how the export agrees, to people and to programs",
  ignore: !HAS_NATIVE_CODE,
  async fn(t) {
    await using directory = await tempDir();
    const [work, out] = ["work", "out"].map((name) => directory.join(name)) as [
      string,
      string,
    ];
    await copyQuick("trained", work);
    const own = ["--work", work, "--out", out];
    const start = (...args: string[]) => runTask("export", [...args, ...own]);

    await t.step("a run must be evaluated first", async () => {
      const { code, stderr } = await start("--format", "onnx");
      assertEquals(code, 1);
      assertStringIncludes(stderr, "its head is not evaluated");
      assertEquals(await Array.fromAsync(walkFiles(out)).catch(() => []), []);
    });

    await t.step("the agreement is printed, and kept", async () => {
      const evaluated = await runTask("eval", ["--work", work, "--no-report"]);
      assertEquals(evaluated.code, 0, evaluated.stderr);
      const { code, stderr, json } = await start("--format", "tfjs", "--json");
      assertEquals(code, 0, stderr);
      assertStringIncludes(stderr, "same class on 50 of 50 photos");
      assertEquals([json!.format, json!.file, json!.out], [
        "tfjs",
        "model.json",
        out,
      ]);
      const kept = JSON.parse(await Deno.readTextFile(`${out}/export.json`));
      assertEquals(kept.check, json!.check);
    });

    await t.step("half precision says what it costs", async () => {
      const { code, stderr } = await start("--format", "onnx", "--half");
      assertEquals(code, 0, stderr);
      assert(
        /half precision: top-1 [\d.]+ % on 50 photos, [\d.]+ % before/
          .test(stderr),
        stderr,
      );
      const names = await Array.fromAsync(walkFiles(out));
      assert(names.includes("model.onnx"));
      assert(!names.includes("model.json"));
    });
  },
});

Deno.test("export says what is wrong with its flags", async () => {
  for (
    const [args, message] of [
      [[], "Cannot export without --format"],
      [["--format", "onnx"], "Cannot export without --out"],
      [
        ["--format", "h5", "--out", "x"],
        "Cannot use --format as it must be one of onnx, tfjs, safetensors, keras",
      ],
      [
        ["--format", "keras", "--out", "x", "--half"],
        "Cannot export in half precision as the format keras has none",
      ],
      [
        ["--format", "tfjs", "--out", "x", "--float-nchw"],
        "Cannot export with a float input as the format tfjs has none",
      ],
    ] as const
  ) {
    const { code, stderr } = await runTask("export", args);
    assertEquals(code, 2, stderr);
    assertStringIncludes(stderr, message);
  }
});
