/**
 * Other architectures, told by the names of their tensors.
 *
 * @module
 */

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
