import { assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { tempDir } from "../support/temp_dir.ts";
import { HAS_NATIVE_CODE } from "./support.ts";

const ROOT = new URL("../../", import.meta.url);

/** Runs the three tasks, and prints which packages were loaded. */
const PROGRAM = `
import { evaluate, openWorkspace, prepare, train } from "${ROOT}mod.ts";
const [work, settings] = Deno.args;
using workspace = await openWorkspace(work);
const options = { settings: JSON.parse(settings) };
await prepare(workspace, options);
await train(workspace);
await evaluate(workspace);
const loaded = {
  // tfjs keeps its engine there, whoever imports it.
  tfjs: "_tfengine" in globalThis,
  // Set before onnxruntime loads.
  onnxruntime: Deno.env.has("ORT_DISABLE_TELEMETRY"),
};
console.log(JSON.stringify(loaded));
`;

/** Settings under which the embedded photos take a second. */
const QUICK = { imageSize: 32, hidden: 16, epochs: 1 };

/** Runs the program; returns which packages were loaded. */
async function run(folder: string, settings: object): Promise<unknown> {
  const script = `${folder}/program.ts`;
  await Deno.writeTextFile(script, PROGRAM);
  const config = fromFileUrl(new URL("deno.json", ROOT));
  const env = Deno.env.toObject();
  delete env.ORT_DISABLE_TELEMETRY;
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--cached-only", "--allow-all"],
      ...[`--config=${config}`, script, `${folder}/work`],
      JSON.stringify({ ...QUICK, ...settings }),
    ],
    env,
    clearEnv: true,
  }).output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

Deno.test({
  name: "the tasks load tfjs or onnxruntime for work, and neither without",
  ignore: !HAS_NATIVE_CODE,
  async fn() {
    await using directory = await tempDir();
    const [tfjs, onnxruntime] = [{ seed: 1, engine: "wasm" }, {
      seed: 2,
      engine: "cpu",
    }];
    const { path } = directory;
    assertEquals(
      [await run(path, tfjs), await run(path, onnxruntime)],
      [
        { tfjs: true, onnxruntime: false },
        { tfjs: false, onnxruntime: true },
      ],
    );
    assertEquals(await run(path, onnxruntime), {
      tfjs: false,
      onnxruntime: false,
    });
  },
});
