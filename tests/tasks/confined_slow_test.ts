/** How a task ends while the driver of a GPU, Mesa's software one, is unloaded, or a thread hangs. */

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
    "a task exits once the driver of the GPU is unloaded, though it takes a second",
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

// Docker kills what has not ended 10 s after SIGTERM, and a thread that hangs never ends.
Deno.test("a task that is done exits within 9 s though a thread hangs", async () => {
  await using folder = await tempDir();
  const hangs = folder.join("hangs.ts");
  const hang = "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)";
  const module = `data:text/javascript,${encodeURIComponent(hang)}`;
  const code = `
    const { Worker: Own } = globalThis;
    globalThis.Worker = class extends Own {
      constructor(...args) {
        super(...args);
        new Own("${module}", { type: "module" });
      }
    };`;
  await Deno.writeTextFile(hangs, code);
  const options = ["--quiet", "-P=weights", "--preload", hangs];
  const task = new Deno.Command(Deno.execPath(), {
    args: ["run", ...options, "tasks/confined.ts", "weights", "list"],
    cwd: PROJECT,
    stderr: "piped",
  }).spawn();
  const reader = task.stderr.getReader();
  // It tells what it has done.
  assertEquals((await reader.read()).done, false);
  const kill = setTimeout(() => task.kill("SIGKILL"), 9000);
  assertEquals((await task.status).code, 0);
  clearTimeout(kill);
  await reader.cancel();
});
