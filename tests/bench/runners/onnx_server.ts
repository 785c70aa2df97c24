/**
 * The least server there is: a photo is decoded and run through an exported model,
 * one after the other.
 *
 * Arguments: path of `model.onnx`, path of its `preprocessing.json` or the geometry
 * as JSON. Prints its address.
 *
 * @module
 */

// deno-lint-ignore-file no-console

import { loadOnnxRuntime } from "../../../pipeline/backends/cpu/runtime.ts";
import { preprocessImage } from "../../../pipeline/image/preprocess.ts";
import type { Geometry } from "../../../pipeline/image/preprocessing.ts";

const [path, text] = Deno.args;
const geometry: Geometry = JSON.parse(text!);
const { imageSize: side } = geometry;
const { InferenceSession, Tensor } = await loadOnnxRuntime();
const session = await InferenceSession.create(await Deno.readFile(path!));

const server = Deno.serve(
  { hostname: "127.0.0.1", port: 0, onListen: () => {} },
  async (request) => {
    if (request.method === "GET") {
      const { rss } = Deno.memoryUsage();
      return new Response(`process_resident_memory_bytes ${rss}\n`);
    }
    const bytes = new Uint8Array(await request.arrayBuffer());
    const pixels = await preprocessImage(bytes, geometry);
    const image = new Tensor("uint8", pixels, [1, side, side, 3]);
    const { probabilities } = await session.run({ image });
    return Response.json([...await probabilities!.getData() as Float32Array]);
  },
);
const { port } = server.addr as Deno.NetAddr;
console.log(`http://127.0.0.1:${port}`);
