import { assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
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
  await Deno.mkdir(`${folder}/home`);
  await Deno.mkdir(`${folder}/temporary`);
  const cache = new TextDecoder().decode(
    (await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] })
      .output()).stdout,
  );
  const home = `${folder}/home`;
  return await new Deno.Command(Deno.execPath(), {
    args: ["run", "--config", CONFIG, "--cached-only", ...permissions, script],
    env: {
      DENO_DIR: JSON.parse(cache).denoDir,
      HOME: home,
      XDG_CACHE_HOME: `${home}/.cache`,
      TMPDIR: `${folder}/temporary`,
    },
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
