/**
 * An exported `model.onnx` in a package of onnxruntime, by itself.
 *
 * Arguments: `node` or `web`, the model, and a safetensors file with `image` U8
 * `[n, H, W, 3]`. Prints the probabilities of all photos as JSON.
 *
 * @module
 */

// deno-lint-ignore-file no-console

import { decodeSafetensors } from "../../../pipeline/artifact/safetensors.ts";
import { loadOnnxRuntime } from "../../../pipeline/backends/cpu/runtime.ts";

const [name, model, photos] = Deno.args as [string, string, string];
const runtime = name === "web"
  ? await import("onnxruntime-web")
  : await loadOnnxRuntime();
runtime.env.wasm.numThreads = navigator.hardwareConcurrency;
const { tensors } = decodeSafetensors(await Deno.readFile(photos), photos);
const { data, shape } = tensors.get("image")!;
const [count, ...square] = shape as [number, number, number, number];
const size = data.length / count;
const bytes = await Deno.readFile(model);
const session = await runtime.InferenceSession.create(bytes);
const rows: number[] = [];
for (let i = 0; i < count; i++) {
  const own = data.slice(i * size, (i + 1) * size);
  const image = new runtime.Tensor("uint8", own, [1, ...square]);
  const { probabilities } = await session.run({ image });
  rows.push(...await probabilities!.getData() as Float32Array);
}
console.log(JSON.stringify(rows));
Deno.exit(0);
