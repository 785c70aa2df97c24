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

/** Classifies the golden photos of an export in Python: F32 `[n, C]`. */
export async function runInPython(
  program: string,
  name: string,
  folder: string,
): Promise<number[]> {
  return (await python(program, name, folder) as number[][]).flat();
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
): Promise<Float32Array> {
  const device = await startWasm();
  const options = { port: 0, hostname: "127.0.0.1", onListen() {} };
  await using server = Deno.serve(options, async (request) => {
    const { pathname } = new URL(request.url);
    return new Response(await Deno.readFile(join(folder, pathname)));
  });
  const model = await tf.loadLayersModel(
    `http://127.0.0.1:${server.addr.port}/model.json`,
  );
  const output = tf.tidy(() =>
    model.predict(tf.tensor(images, shape, "int32")) as tf.Tensor
  );
  const rows = await output.data<"float32">();
  output.dispose();
  model.dispose();
  await device.stop();
  return rows;
}
