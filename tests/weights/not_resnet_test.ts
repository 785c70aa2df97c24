import { assertEquals } from "@std/assert";
import { recognizeArchitecture } from "../../pipeline/weights/not_resnet.ts";

// Names as torchvision, timm, Keras and TF-Slim publish them.
Deno.test.each<[string | undefined, ...string[]]>([
  ["a VGG-19", "features.0.weight", "features.28.weight", "features.34.weight"],
  ["a VGG-19", "block5_conv4/kernel:0"],
  ["a VGG-16", "features.28.weight", "classifier.6.weight"],
  ["a VGG-16", "block5_conv3/bias:0"],
  ["an AlexNet", "features.10.weight", "classifier.1.weight"],
  ["a DenseNet", "features.denseblock1.denselayer1.conv1.weight"],
  ["an EfficientNet", "blocks.1.0.conv_pwl.weight"],
  ["an EfficientNet", "features.1.0.block.0.0.weight"],
  ["a ConvNeXt", "stages.0.blocks.0.conv_dw.weight"],
  ["a Swin Transformer", "layers.0.blocks.0.attn.relative_position_index"],
  ["a Vision Transformer", "cls_token"],
  ["an Inception", "InceptionV3/Conv2d_1a_3x3/weights"],
  ["a MobileNet", "MobilenetV2/expanded_conv/depthwise/depthwise_weights"],
  [
    "a ResNet v2, whose batch norm comes before the convolution",
    "conv2_block1_preact_bn/gamma:0",
  ],
  ["a ResNet with a deep stem", "conv1.0.weight", "layer1.0.conv1.weight"],
  ["a text model", "bert.encoder.layer.0.attention.self.query.weight"],
  [undefined, "conv1.weight", "bn1.weight", "layer1.0.conv1.weight"],
  [undefined, "features.10.weight"],
  [undefined],
])("recognizeArchitecture() tells %s by its tensors", (expected, ...names) => {
  assertEquals(recognizeArchitecture(names), expected);
});
