/**
 * Exports in other programs: plain tfjs, and Python.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import * as tf from "@tensorflow/tfjs";
import { startWasm } from "../../pipeline/backends/wasm/device.ts";
import { FIXTURES } from "../support/fixtures.ts";
import type { Golden } from "./support.ts";

/** Runs a program of `fixtures/export/` and returns the JSON that it prints. */
async function python(
  program: string,
  name: string,
  ...args: string[]
): Promise<unknown> {
  const script = fromFileUrl(new URL(`export/${name}`, FIXTURES));
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args: ["-B", script, ...args],
  }).output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  assertEquals(code, 0, decode(stderr));
  return JSON.parse(decode(stdout));
}

/** Classifies the photos of a file in Python, by default the golden ones of an export: F32 `[n, C]`. */
export async function runInPython(
  program: string,
  name: string,
  folder: string,
  photos = join(folder, "golden.safetensors"),
): Promise<number[]> {
  return (await python(program, name, folder, photos) as number[][]).flat();
}

/** What onnx.checker passed. */
export interface CheckedOnnx {
  opset: number;
  input: (string | number)[];
  outputs: string[];
  metadata: Record<string, string>;
}

/** Checks a model with onnx.checker, and says what it is. */
export async function checkOnnx(
  program: string,
  path: string,
): Promise<CheckedOnnx> {
  return await python(program, "check_onnx.py", path) as CheckedOnnx;
}

/** Classifies photos with `tf.loadLayersModel` and an address, as a page does. */
export async function runPlainTfjs(
  folder: string,
  { images, shape }: Pick<Golden, "images" | "shape">,
): Promise<number[]> {
  const device = await startWasm();
  const options = { port: 0, hostname: "127.0.0.1", onListen() {} };
  await using server = Deno.serve(options, async (request) => {
    const { pathname } = new URL(request.url);
    return new Response(await Deno.readFile(join(folder, pathname)));
  });
  const model = await tf.loadLayersModel(
    `http://127.0.0.1:${server.addr.port}/model.json`,
  );
  const [count, ...square] = shape as [number, number, number, number];
  const size = images.length / count;
  const rows: number[] = [];
  // One at a time: WebAssembly takes as long for each, and less memory.
  for (let i = 0; i < count; i++) {
    const own = images.subarray(i * size, (i + 1) * size);
    const output = tf.tidy(() =>
      model.predict(tf.tensor(own, [1, ...square], "int32")) as tf.Tensor
    );
    rows.push(...await output.data<"float32">());
    output.dispose();
  }
  model.dispose();
  await device.stop();
  return rows;
}

/** Classifies the photos of a file with `model.onnx` in a package of onnxruntime. */
export async function runOnnx(
  runtime: "node" | "web",
  folder: string,
  photos: string,
): Promise<number[]> {
  const script = new URL("../bench/peers/run_onnx.ts", import.meta.url);
  const config = new URL("../bench/deno.json", import.meta.url);
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "-A", `--config=${fromFileUrl(config)}`],
      ...[fromFileUrl(script), runtime, join(folder, "model.onnx"), photos],
    ],
    env: { ORT_DISABLE_TELEMETRY: "1" },
  }).output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  assertEquals(code, 0, decode(stderr));
  return JSON.parse(decode(stdout));
}
