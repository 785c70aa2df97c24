/**
 * Every format of one run: each is held to what the run says, by the golden photos
 * that travel with it, in other programs than the one that checked it.
 *
 * @module
 */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { ConfigError, EXPORT_FORMATS } from "../../mod.ts";
import { HAS_NATIVE_CODE } from "../backends/support.ts";
import { walkFiles } from "../support/walk_files.ts";
import { findPython } from "../support/python.ts";
import { checkOnnx, runPlainTfjs } from "./other_programs.ts";
import {
  evaluated,
  exported,
  largestDifference,
  readGoldenOf,
} from "./support.ts";
import { torchOfFile } from "./torch.ts";

/** Files of each format, beside those that every export has. */
const FILES = {
  onnx: ["model.onnx"],
  tfjs: ["group1-shard1of1.bin", "model.json"],
  safetensors: ["config.json", "model.py", "model.safetensors"],
  keras: ["model.h5"],
  web: [
    "assets/avif_dec.wasm",
    "assets/first.js",
    "assets/gif.wasm",
    "assets/jpeg.wasm",
    "assets/libjpegturbowasm_decode.wasm",
    "assets/local.js",
    "assets/model.json",
    "assets/nsbmp.wasm",
    "assets/page.css",
    "assets/page.js",
    "assets/png.wasm",
    "assets/tfjs-backend-wasm-simd.wasm",
    "assets/tfjs-backend-wasm.wasm",
    "assets/webp_dec.wasm",
    "assets/worker.js",
    "index.html",
    "model/group1-shard1of1.bin",
    "model/model.json",
    "service_worker.js",
  ],
};

const PYTHON = {
  torch: await findPython("torch"),
  onnx: await findPython("onnx"),
  h5py: await findPython("h5py, torch"),
};

const runInTorch = torchOfFile(PYTHON.h5py ?? PYTHON.torch);

Deno.test({
  name: "every format answers as the run does, in other programs too",
  ignore: !HAS_NATIVE_CODE,
  async fn(t) {
    await using workspace = await evaluated();
    const folders = new Map<string, string>();
    for (const format of EXPORT_FORMATS) {
      await t.step(`${format} is checked when it is exported`, async () => {
        const out = `${workspace.root}/${format}`;
        const { check, files } = await exported(workspace, { format, out });
        assert(check.agreement.largestDifference <= 1e-5);
        folders.set(format, out);
        const names = files.map(({ path }) => path);
        for (const name of FILES[format]) assert(names.includes(name), name);
        assertEquals(names.length, 4 + FILES[format].length);
        assertEquals(
          (await Array.fromAsync(walkFiles(out))).length,
          names.length + 1,
        );
      });
    }
    const golden = await readGoldenOf(folders.get("onnx")!);
    const holds = (actual: ArrayLike<number>, most = 1e-5) => {
      const difference = largestDifference(actual, golden.probabilities);
      assert(difference <= most, `${difference}`);
    };

    await t.step("tfjs in plain tf.loadLayersModel, over HTTP", async () => {
      holds(await runPlainTfjs(folders.get("tfjs")!, golden));
    });

    await t.step({
      name: "onnx passes onnx.checker, and says its labels and opset",
      ignore: PYTHON.onnx === undefined,
      async fn() {
        for (const floatInput of [false, true]) {
          const out = `${workspace.root}/checked-${floatInput}`;
          await exported(workspace, { format: "onnx", out, floatInput });
          const found = await checkOnnx(PYTHON.onnx!, `${out}/model.onnx`);
          assertEquals(found.opset, 13);
          assertEquals(found.outputs, ["logits", "probabilities"]);
          assertEquals(
            found.input,
            floatInput
              ? ["image", "FLOAT", "n", 3, 32, 32]
              : ["image", "UINT8", "n", 32, 32, 3],
          );
          assertEquals(JSON.parse(found.metadata.labels!), [
            "brick",
            "coin",
            "leaf",
            "shell",
            "wave",
          ]);
          const { geometry } = JSON.parse(found.metadata.preprocessing!);
          assertEquals(geometry.imageSize, 32);
        }
      },
    });

    await t.step({
      name: "safetensors in PyTorch, by the loader that comes with it",
      ignore: !runInTorch,
      async fn() {
        const folder = folders.get("safetensors")!;
        holds(await runInTorch!("run_safetensors.py", folder));
      },
    });

    await t.step({
      name: "keras in PyTorch, read as Keras reads it",
      ignore: PYTHON.h5py === undefined,
      async fn() {
        const folder = folders.get("keras")!;
        holds(await runInTorch!("run_keras.py", folder));
      },
    });

    for (const format of ["onnx", "tfjs", "safetensors"] as const) {
      await t.step(`${format} in half precision`, async () => {
        const out = `${workspace.root}/half-${format}`;
        const half = true;
        const { check } = await exported(workspace, { format, out, half });
        assert(check.agreement.largestDifference <= 1e-2);
        if (format === "tfjs") holds(await runPlainTfjs(out, golden), 1e-2);
        if (format !== "safetensors" || !runInTorch) return;
        holds(await runInTorch("run_safetensors.py", out), 1e-2);
      });
    }

    await t.step("what a format has not is refused", async () => {
      const out = `${workspace.root}/refused`;
      await assertRejects(
        () => exported(workspace, { format: "keras", out, half: true }),
        ConfigError,
        "Cannot export in half precision as the format keras has none",
      );
      await assertRejects(
        () => exported(workspace, { format: "tfjs", out, floatInput: true }),
        ConfigError,
        "Cannot export with a float input as the format tfjs has none",
      );
    });
  },
});
