/**
 * Checkpoints that TensorFlow wrote, and weights that must equal those of other formats.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import type { Tensor } from "../../../pipeline/artifact/safetensors.ts";
import { toFloat32 } from "../../../pipeline/artifact/tensor.ts";
import {
  countShards,
  decodeTensorBundle,
} from "../../../pipeline/weights/formats/tf_bundle.ts";
import {
  HAS_SHARED,
  readReference,
  readShared,
} from "../../support/fixtures.ts";

/** Reads a reference checkpoint. */
async function readCheckpoint(path: string): Promise<Map<string, Tensor>> {
  const index = await readShared(`reference/${path}.index`);
  assertEquals(countShards(index, path), 1);
  const data = await readShared(`reference/${path}.data-00000-of-00001`);
  return decodeTensorBundle(index, [data], path);
}

/** Transposes a kernel from HWIO to OIHW. */
function toOihw({ shape, data }: Tensor): Tensor {
  const [height, width, inputs, outputs] = shape as [
    number,
    number,
    number,
    number,
  ];
  const from = new Uint32Array(data.slice().buffer);
  const to = new Uint32Array(from.length);
  const pixels = height * width;
  for (let at = 0; at < from.length; at++) {
    const output = at % outputs;
    const input = Math.floor(at / outputs) % inputs;
    const pixel = Math.floor(at / outputs / inputs);
    to[(output * inputs + input) * pixels + pixel] = from[at]!;
  }
  return {
    dtype: "F32",
    shape: [outputs, inputs, height, width],
    data: new Uint8Array(to.buffer),
  };
}

/** Names of batch normalization, by TensorFlow's. */
const NORMALIZATION: Readonly<Record<string, string>> = {
  gamma: "weight",
  beta: "bias",
  "moving_mean": "running_mean",
  "moving_variance": "running_var",
};

/** Where TF-Slim and the port of the old script have what torchvision calls by another name. */
function toTorchvision(name: string): string {
  const path = name.replace("resnet_v1_101/", "").replace("bottleneck_v1/", "")
    .replace("shortcut/conv1/", "shortcut/");
  const unit = /^block(\d)\/unit_(\d+)\/(.*)$/.exec(path);
  const prefix = unit ? `layer${unit[1]}.${Number(unit[2]) - 1}.` : "";
  const [layer, ...rest] = (unit ? unit[3]! : path).split("/");
  const isKernel = rest.length === 1;
  const kind = isKernel ? "weight" : NORMALIZATION[rest[1]!];
  if (layer === "shortcut") {
    return `${prefix}downsample.${isKernel ? 0 : 1}.${kind}`;
  }
  return `${prefix}${isKernel ? layer : layer!.replace("conv", "bn")}.${kind}`;
}

Deno.test.each(["tf_slim.ckpt", "pretrain_weights.ckpt"])(
  "decodeTensorBundle() reads of %s what torchvision.safetensors holds",
  { ignore: !HAS_SHARED },
  async (file) => {
    const actual = await readCheckpoint(`weights/${file}`);
    const { tensors } = await readReference("weights/torchvision.safetensors");
    const expected = new Map(
      [...tensors].filter(([name]) => !name.endsWith("num_batches_tracked")),
    );
    assertEquals(actual.size, 520);
    assertEquals(expected.size, 520);
    for (const [name, tensor] of actual) {
      const same = expected.get(toTorchvision(name));
      const moved = tensor.shape.length === 4 ? toOihw(tensor) : tensor;
      assertEquals(moved, same, name);
      expected.delete(toTorchvision(name));
    }
    assertEquals(expected.size, 0);
  },
);

/** Shapes and first values by name. */
function summarize(tensors: Map<string, Tensor>) {
  return Object.fromEntries(
    [...tensors].map(([name, tensor]) => [
      name,
      [tensor.shape, toFloat32(tensor, name)[0]],
    ]),
  );
}

Deno.test({
  name: "decodeTensorBundle() reads an index that is not compressed",
  ignore: !HAS_SHARED,
}, async () => {
  const path = "tf_checkpoint/saved_model_half_plus_two_mkl/variables";
  const kernel = [1, 1, 1, 1];
  assertEquals(summarize(await readCheckpoint(path)), {
    a: [[], 0.5],
    b: [[], 2],
    c: [[], 3],
    "conv2d/bias": [[1], 0],
    "conv2d/kernel": [kernel, -0.5223959684371948],
    "conv2d_1/bias": [[1], 0],
    "conv2d_1/kernel": [kernel, -1.0451120138168335],
    "conv2d_2/bias": [[1], 0],
    "conv2d_2/kernel": [kernel, 1.577943205833435],
  });
});

Deno.test({
  name: "decodeTensorBundle() reads a compressed index",
  ignore: !HAS_SHARED,
}, async () => {
  const path = "tf_checkpoint/saved_model_half_plus_two_cpu/variables";
  assertEquals(summarize(await readCheckpoint(path)), {
    a: [[], 0.5],
    a2: [[], 0.5],
    b: [[], 2],
    c: [[], 3],
    c2: [[], 3],
  });
});

Deno.test({
  name:
    "decodeTensorBundle() reads names of objects, and leaves out their graph",
  ignore: !HAS_SHARED,
}, async () => {
  const path = "tf_checkpoint/saved_model_half_plus_two_tf2_cpu/variables";
  assertEquals(summarize(await readCheckpoint(path)), {
    "a/.ATTRIBUTES/VARIABLE_VALUE": [[], 0.5],
    "b/.ATTRIBUTES/VARIABLE_VALUE": [[], 2],
    "c/.ATTRIBUTES/VARIABLE_VALUE": [[], 3],
  });
});
