import { assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { loadOnnxRuntime } from "../../../pipeline/backends/cpu/runtime.ts";
import { freshHome } from "../../support/fresh_home.ts";
import { tempDir } from "../../support/temp_dir.ts";
import { walkFiles } from "../../support/walk_files.ts";
import { HAS_NATIVE_CODE } from "../support.ts";

const CONFIG = fromFileUrl(new URL("../../../deno.json", import.meta.url));
const SESSION = new URL(
  "../../../pipeline/backends/cpu/session.ts",
  import.meta.url,
);

/** Runs a model in a process whose home and temporary folder are empty. */
async function runModel(folder: string, permissions: string[]) {
  const code =
    `const { testOnnxRuntime } = await import("${SESSION}"); await testOnnxRuntime();`;
  const script = `${folder}/run_model.ts`;
  await Deno.writeTextFile(script, code);
  return await new Deno.Command(Deno.execPath(), {
    args: ["run", "--config", CONFIG, "--cached-only", ...permissions, script],
    // No variable of this process reaches it.
    env: await freshHome(folder),
    clearEnv: true,
  }).output();
}

const ALLOWED = ["--allow-read", "--allow-ffi", "--allow-sys"];

Deno.test({
  name: "loadOnnxRuntime() leaves no device id, events or logs on the machine",
  ignore: !HAS_NATIVE_CODE,
  async fn() {
    await using folder = await tempDir();
    const { path } = folder;
    const { code, stderr } = await runModel(path, [
      ...ALLOWED,
      "--allow-env=ORT_DISABLE_TELEMETRY",
    ]);
    assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
    assertEquals(await Array.fromAsync(walkFiles(`${path}/home`)), []);
    assertEquals(await Array.fromAsync(walkFiles(`${path}/temporary`)), []);
  },
});

Deno.test({
  name: "loadOnnxRuntime() does not load where telemetry cannot be turned off",
  ignore: !HAS_NATIVE_CODE,
  async fn() {
    await using folder = await tempDir();
    const { code, stderr } = await runModel(folder.path, [
      ...ALLOWED,
      "--deny-env=ORT_DISABLE_TELEMETRY",
    ]);
    const told = new TextDecoder().decode(stderr);
    const reason = /it does not load: .*ORT_DISABLE_TELEMETRY/.test(told);
    assertEquals([code, reason], [1, true], told);
    assertEquals(await Array.fromAsync(walkFiles(`${folder.path}/home`)), []);
  },
});

/** Where the C library of this machine is. */
const C_LIBRARY: string | undefined = {
  linux: "libc.so.6",
  darwin: "libSystem.dylib",
}[Deno.build.os as string];

Deno.test({
  name: "loadOnnxRuntime() sets the variable that native code reads",
  ignore: !HAS_NATIVE_CODE || C_LIBRARY === undefined,
  async fn() {
    await loadOnnxRuntime();
    const library = Deno.dlopen(C_LIBRARY!, {
      getenv: { parameters: ["buffer"], result: "pointer" },
    });
    const name = new TextEncoder().encode("ORT_DISABLE_TELEMETRY\0");
    const value = library.symbols.getenv(name);
    assertEquals(value && Deno.UnsafePointerView.getCString(value), "1");
    library.close();
  },
});

Deno.test("no other file loads onnxruntime, tests and benchmarks included", async () => {
  const root = fromFileUrl(new URL("../../../", import.meta.url));
  const loads =
    /(?<!import type [^;]*)(\bfrom|\bimport\(?)\s*"onnxruntime-node"/;
  const found: string[] = [];
  for (const folder of ["pipeline", "tasks", "tests"]) {
    for await (const path of walkFiles(`${root}${folder}`)) {
      if (!/\.[jt]s$/.test(path)) continue;
      const source = await Deno.readTextFile(`${root}${folder}/${path}`);
      if (loads.test(source)) found.push(`${folder}/${path}`);
    }
  }
  assertEquals(found, ["pipeline/backends/cpu/runtime.ts"]);
});
