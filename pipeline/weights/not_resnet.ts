/** Saying what a weight file is when it is no ResNet with bottleneck blocks. */

import type { Tensor } from "../artifact/safetensors.ts";
import { FormatError } from "../errors.ts";
import { NAMINGS } from "./naming/find_naming.ts";
import type { Naming } from "./naming/naming.ts";

/** An architecture, and tensors that only it has. */
const ARCHITECTURES: readonly (readonly [string, ...RegExp[]])[] = [
  ["a VGG-19", /(^|\.)features\.34\.weight$/],
  ["a VGG-19", /block5_conv4\b/],
  ["a VGG-16", /(^|\.)features\.28\.weight$/],
  ["a VGG-16", /block5_conv3\b/],
  ["an AlexNet", /(^|\.)features\.10\.weight$/, /(^|\.)classifier\.1\.weight$/],
  ["a DenseNet", /denseblock1\b|conv\d_block\d+_concat/],
  [
    "an EfficientNet",
    /blocks\.\d+\.\d+\.conv_pwl|block1a_dwconv|features\.\d+\.\d+\.block\.\d/,
  ],
  ["a ConvNeXt", /stages\.\d+\.blocks\.\d+\.conv_dw|convnext/],
  ["a Swin Transformer", /layers\.\d+\.blocks\.\d+\.attn\.relative_position/],
  ["a Vision Transformer", /(^|\.)(cls_token|class_token)$|patch_embed\.proj/],
  ["an Inception", /Conv2d_1a_3x3|Mixed_5b/],
  [
    "a MobileNet",
    /features\.\d+\.conv\.\d\.\d\.weight|Conv_1_bn|expanded_conv/,
  ],
  [
    "a ResNet v2, whose batch norm comes before the convolution",
    /bottleneck_v2|conv\d_block\d+_preact_bn/,
  ],
  [
    "a ResNet with a deep stem",
    /(^|\.)conv1\.0\.weight$/,
    /(^|\.)layer1\.0\.conv1\.weight$/,
  ],
  [
    "a text model",
    /encoder\.layer\.\d+\.attention|\.q_proj\.weight$|word_embeddings/,
  ],
];

/** ResNets whose blocks have two convolutions. */
export const BASIC = "a ResNet with basic blocks, such as ResNet-18";

/**
 * Recognizes an architecture that is no ResNet with bottleneck blocks.
 *
 * @returns Its name with an article, or `undefined`.
 */
export function recognizeArchitecture(
  names: Iterable<string>,
): string | undefined {
  const all = [...names];
  const found = ARCHITECTURES.find(([, ...patterns]) =>
    (patterns as RegExp[]).every((pattern) =>
      all.some((name) => pattern.test(name))
    )
  );
  return found?.[0];
}

/**
 * Recognizes ResNets whose blocks are wider inside, under the same names.
 *
 * @param tensors Tensors by plain names.
 * @returns Its architecture, with an article, or `undefined`.
 */
export function describeWider(
  tensors: ReadonlyMap<string, Tensor>,
  found: { naming: Naming; prefix: string; width: number },
): string | undefined {
  const { naming, prefix, width } = found;
  const place = { layer: 1, block: 0, part: 2 };
  const { weight } = naming.names(place);
  const shape = tensors.get(prefix + weight)?.shape ?? [];
  const [out = 0, inside = 0] = naming.layout === "OIHW"
    ? shape
    : [shape[3], shape[2]];
  if (out === width || shape.length !== 4) return undefined;
  return inside < out ? "a ResNeXt" : "a wide ResNet";
}

/**
 * Says that a file is no ResNet, and what it is if that is known.
 *
 * @param tensors Tensors by plain names.
 */
export function notResNet(
  tensors: ReadonlyMap<string, Tensor>,
  path: string,
  architecture = recognizeArchitecture(tensors.keys()),
): FormatError {
  const [first = "none"] = tensors.keys();
  const found = architecture
    ? `it is ${architecture}`
    : `its first tensor of ${tensors.size} is "${first}"`;
  return new FormatError(
    `Cannot use "${path}" as a backbone as it must be a ResNet-50, -101 or -152 under the names of ${
      NAMINGS.map(({ title }) => title).join(", ")
    }: ${found}`,
    { path },
  );
}
