/**
 * `deno task prepare:native`, which decodes by libjpeg-turbo of the system.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { openNativeJpeg } from "../../pipeline/image/native_jpeg.ts";
import { digestTree, PROJECT, runTask } from "../e2e/support.ts";
import { tempDir } from "../support/temp_dir.ts";

const ignore = await openNativeJpeg() === undefined;

Deno.test({
  name: "prepare:native gives the artifacts of prepare",
  ignore,
  async fn() {
    await using directory = await tempDir();
    const works = ["wasm", "native"].map((name) => join(directory.path, name));
    const flags = (work: string) => ["--work", work, "--image-size", "32"];
    const [wasm, native] = works as [string, string];
    assertEquals((await runTask("prepare", flags(wasm))).code, 0);
    const output = await new Deno.Command(Deno.execPath(), {
      args: ["task", "--quiet", "prepare:native", ...flags(native)],
      cwd: PROJECT,
      env: { NO_COLOR: "1" },
      stderr: "piped",
    }).output();
    const stderr = new TextDecoder().decode(output.stderr);
    assertEquals(output.code, 0, stderr);
    const artifacts = (work: string) => digestTree(join(work, "artifacts"));
    assertEquals(await artifacts(native), await artifacts(wasm));
  },
});

Deno.test("prepare --native-jpeg says which task has the permission", async () => {
  await using directory = await tempDir();
  const { code, stderr } = await runTask("prepare", [
    "--native-jpeg",
    ...["--work", directory.path],
  ]);
  assertEquals(code, 2);
  assertStringIncludes(
    stderr,
    "Cannot use --native-jpeg as it needs --allow-ffi: run the task prepare:native instead",
  );
});
