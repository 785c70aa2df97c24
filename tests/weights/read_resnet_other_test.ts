/**
 * What is said of weights that are no ResNet's.
 *
 * @module
 */

import { assertThrows } from "@std/assert";
import { toTensor } from "../../pipeline/artifact/tensor.ts";
import { FormatError } from "../../pipeline/errors.ts";
import { readResNet } from "../../pipeline/weights/read_resnet.ts";

Deno.test.each<[string, string[]]>([
  ["it is a VGG-16", ["features.0.weight", "features.28.weight"]],
  ["it is a VGG-19", ["features.28.weight", "features.34.weight"]],
  ["it is a Vision Transformer", ["cls_token", "patch_embed.proj.weight"]],
  ["it is a ResNet with basic blocks, such as ResNet-18", [
    "conv1.weight",
    "bn1.running_var",
    "layer1.0.conv1.weight",
    "layer1.0.bn1.running_var",
  ]],
  ["it is a ResNet v2", [
    "resnet_v2_101/block1/unit_1/bottleneck_v2/conv1/weights",
  ]],
  ['its first tensor of 1 is "a.weight"', ["a.weight"]],
  ['its first tensor of 0 is "none"', []],
])("readResNet() says of another network that %s", (found, names) => {
  const one = toTensor(new Float32Array(1), [1, 1, 1, 1]);
  const tensors = new Map(names.map((name) => [name, one]));
  assertThrows(
    () => readResNet(tensors, { path: "w.safetensors" }),
    FormatError,
    `Cannot use "w.safetensors" as a backbone as it must be a ResNet-50, -101 or -152 under the names of torchvision, timm, Hugging Face, Keras applications, TF-Slim, the old script's port: ${found}`,
  );
});
