/**
 * The examples of the pages and of doc comments run: in a folder with photos and
 * a trained run, as someone who follows the pages has them. `deno task docs:check`
 * checks their types.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { openWorkspace, prepare, train } from "../../mod.ts";
import { copyFolder } from "../e2e/support.ts";
import { FIXTURES } from "../support/fixtures.ts";
import { tempDir } from "../support/temp_dir.ts";
import { readProject } from "../support/project_graph.ts";
import { readPages, ROOT } from "./pages.ts";

/** Lists pages, and modules, with examples that run. */
async function listExamples(): Promise<string[]> {
  const pages = (await readPages())
    .filter(({ text }) => /^```ts$/m.test(text));
  const modules = (await readProject())
    .filter(({ source }) => /^ \* ```ts$/m.test(source));
  return [...pages, ...modules].map(({ path }) => join(ROOT, path));
}

Deno.test("the examples of the pages and of doc comments run", async () => {
  await using directory = await tempDir();
  const images = fromFileUrl(new URL("images/", FIXTURES));
  const photos = directory.join("photos");
  await copyFolder(join(images, "val"), photos);
  await Deno.copyFile(
    join(images, "val/leaf/leaf_20.jpg"),
    directory.join("photo.jpg"),
  );
  {
    using workspace = await openWorkspace(directory.join(".headstart"));
    const settings = { data: photos, epochs: 2, imageSize: 64 };
    await prepare(workspace, { settings });
    await train(workspace, { settings: { epochs: 2 } });
  }
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "test",
      "--quiet",
      "--config",
      join(ROOT, "deno.json"),
      "-P",
      "--doc",
      "--no-check",
      ...await listExamples(),
    ],
    cwd: directory.path,
    // No Vulkan: Mesa's software driver now and then crashes while a process exits.
    env: { NO_COLOR: "1", DENO_WEBGPU_BACKEND: "metal" },
  }).output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  assertEquals(code, 0, decode(stdout) + decode(stderr));
});
