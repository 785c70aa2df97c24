import { assertEquals } from "@std/assert";
import { NAMINGS } from "../../../pipeline/weights/naming/find_naming.ts";
import {
  type ConvPlace,
  type NamingName,
  placeOf,
} from "../../../pipeline/weights/naming/naming.ts";

Deno.test.each<[string, ConvPlace]>([
  ["conv1", "stem"],
  ["layer1.0.conv1", { layer: 1, block: 0, part: 1 }],
  ["layer3.22.conv2", { layer: 3, block: 22, part: 2 }],
  ["layer2.0.downsample.0", { layer: 2, block: 0, part: 0 }],
])("placeOf() finds the place of %s", (name, expected) => {
  assertEquals(placeOf(name), expected);
});

/** Kernel and variance of a convolution, by naming. */
const EXPECTED: Record<NamingName, Record<string, [string, string]>> = {
  torchvision: {
    "conv1": ["conv1.weight", "bn1.running_var"],
    "layer3.22.conv2": [
      "layer3.22.conv2.weight",
      "layer3.22.bn2.running_var",
    ],
    "layer2.0.downsample.0": [
      "layer2.0.downsample.0.weight",
      "layer2.0.downsample.1.running_var",
    ],
  },
  huggingface: {
    "conv1": [
      "embedder.embedder.convolution.weight",
      "embedder.embedder.normalization.running_var",
    ],
    "layer3.22.conv2": [
      "encoder.stages.2.layers.22.layer.1.convolution.weight",
      "encoder.stages.2.layers.22.layer.1.normalization.running_var",
    ],
    "layer2.0.downsample.0": [
      "encoder.stages.1.layers.0.shortcut.convolution.weight",
      "encoder.stages.1.layers.0.shortcut.normalization.running_var",
    ],
  },
  keras: {
    "conv1": ["conv1_conv/kernel", "conv1_bn/moving_variance"],
    "layer3.22.conv2": [
      "conv4_block23_2_conv/kernel",
      "conv4_block23_2_bn/moving_variance",
    ],
    "layer2.0.downsample.0": [
      "conv3_block1_0_conv/kernel",
      "conv3_block1_0_bn/moving_variance",
    ],
  },
  "tf-slim": {
    "conv1": ["conv1/weights", "conv1/BatchNorm/moving_variance"],
    "layer3.22.conv2": [
      "block3/unit_23/bottleneck_v1/conv2/weights",
      "block3/unit_23/bottleneck_v1/conv2/BatchNorm/moving_variance",
    ],
    "layer2.0.downsample.0": [
      "block2/unit_1/bottleneck_v1/shortcut/weights",
      "block2/unit_1/bottleneck_v1/shortcut/BatchNorm/moving_variance",
    ],
  },
  port: {
    "conv1": ["conv1/kernel", "conv1/BatchNorm/moving_variance"],
    "layer3.22.conv2": [
      "block3/unit_23/conv2/kernel",
      "block3/unit_23/conv2/BatchNorm/moving_variance",
    ],
    "layer2.0.downsample.0": [
      "block2/unit_1/shortcut/conv1/kernel",
      "block2/unit_1/shortcut/BatchNorm/moving_variance",
    ],
  },
};

for (const naming of NAMINGS) {
  Deno.test(`${naming.name} calls tensors as its files do`, () => {
    for (const [conv, expected] of Object.entries(EXPECTED[naming.name])) {
      const { weight, variance } = naming.names(placeOf(conv));
      assertEquals([weight, variance], expected);
      assertEquals(naming.scope.test(weight), true, weight);
      assertEquals(naming.bookkeeping.test(weight), false, weight);
    }
  });
}
