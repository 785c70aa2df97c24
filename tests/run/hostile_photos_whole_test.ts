import { assertEquals } from "@std/assert";
import { runTask } from "../e2e/support.ts";
import { tempDir } from "../support/temp_dir.ts";

Deno.test("prepare decodes PNGs whatever a variable asks imagescript for", async () => {
  await using folder = await tempDir();
  const args = ["--work", folder.path, "--image-size", "32", "--json"];
  const { code, json, stderr } = await runTask("prepare", args, {
    IMAGESCRIPT_WASM_SIMD: "1",
  });
  assertEquals([code, json?.rejected], [0, 0], stderr);
});
