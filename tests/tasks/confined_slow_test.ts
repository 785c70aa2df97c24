/** How a task ends while the driver of a GPU is unloaded; the driver is Mesa's software one. */

import { assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { PROJECT } from "../e2e/support.ts";
import { tempDir } from "../support/temp_dir.ts";

/** Whether there are a C compiler and the driver. */
const HAS_DRIVER = await (async () => {
  try {
    await Deno.stat("/usr/share/vulkan/icd.d/lvp_icd.x86_64.json");
    return (await new Deno.Command("cc", { args: ["--version"] }).output())
      .success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
})();

Deno.test({
  name:
    "a task exits once the driver of the GPU is unloaded, however long it takes",
  ignore: !HAS_DRIVER,
  async fn() {
    await using folder = await tempDir();
    const library = folder.join("slow_driver.so");
    const source = fromFileUrl(new URL("slow_driver.c", import.meta.url));
    const flags = ["-shared", "-fPIC", "-o", library, source, "-ldl"];
    const built = await new Deno.Command("cc", { args: flags }).output();
    assertEquals(built.code, 0, new TextDecoder().decode(built.stderr));
    const { DENO_WEBGPU_BACKEND: _, ...env } = Deno.env.toObject();
    const log = folder.join("log");
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "-P=doctor", "tasks/confined.ts", "doctor"],
      cwd: PROJECT,
      env: { ...env, LD_PRELOAD: library, DRIVER_LOG: log },
      clearEnv: true,
    }).output();
    assertEquals(code, 0, new TextDecoder().decode(stderr));
    assertEquals(await Deno.readTextFile(log), "unloaded\nexit\n");
  },
});
