import { assertEquals, assertThrows } from "@std/assert";
import {
  decodeSafetensors,
  type SafetensorsFile,
} from "../../../pipeline/artifact/safetensors.ts";
import { toTensor } from "../../../pipeline/artifact/tensor.ts";
import { readTorchvision } from "../../../pipeline/backbone/weights/torchvision.ts";
import { FormatError } from "../../../pipeline/errors.ts";
import { readFixture } from "../../support/fixtures.ts";

const TINY = await readFixture("backbone/resnet101-tiny.safetensors");
const OPTIONS = { path: "w.safetensors" };

/** The tensors of the tiny backbone, in a map of their own. */
function tinyFile(): SafetensorsFile {
  return decodeSafetensors(TINY, OPTIONS.path);
}

Deno.test("readTorchvision() reads width and blocks off the tensors", () => {
  const { spec, classifier } = readTorchvision(tinyFile(), OPTIONS);
  assertEquals(spec.name, "ResNet-101");
  assertEquals(spec.blocks, [3, 4, 23, 3]);
  assertEquals(spec.width, 8);
  assertEquals(classifier, 0);
});

Deno.test("readTorchvision() reports a classifier and ignores bookkeeping", () => {
  const file = tinyFile();
  file.tensors.set("fc.weight", toTensor(new Float32Array(2560), [10, 256]));
  file.tensors.set("bn1.num_batches_tracked", {
    dtype: "I64",
    shape: [],
    data: new Uint8Array(8),
  });
  assertEquals(readTorchvision(file, OPTIONS).classifier, 10);
});

Deno.test("readTorchvision() names the first tensor that is missing", () => {
  const file = tinyFile();
  file.tensors.delete("layer3.4.bn2.running_var");
  file.tensors.delete("layer4.0.conv3.weight");
  assertThrows(
    () => readTorchvision(file, OPTIONS),
    FormatError,
    'Cannot use "w.safetensors" as weights of ResNet-101 as tensor "layer3.4.bn2.running_var" [32] is missing, and 1 more',
  );
});

Deno.test("readTorchvision() says what a tensor should be", () => {
  const file = tinyFile();
  const data = new Float32Array(64);
  file.tensors.set("layer1.0.conv1.weight", toTensor(data, [64]));
  assertThrows(
    () => readTorchvision(file, OPTIONS),
    FormatError,
    'Cannot use "w.safetensors" as weights of ResNet-101 as tensor "layer1.0.conv1.weight" must be F32 [8,8,1,1]: it is F32 [64]',
  );
});

Deno.test("readTorchvision() wants a bias where the variant has one", () => {
  const options = { ...OPTIONS, variant: "keras" } as const;
  assertThrows(
    () => readTorchvision(tinyFile(), options),
    FormatError,
    'Cannot use "w.safetensors" as weights of ResNet-101 as tensor "conv1.bias" [8] is missing, and 103 more',
  );
});

Deno.test("readTorchvision() refuses what is not a ResNet", () => {
  const tensors = new Map([["a.weight", toTensor(new Float32Array(1), [1])]]);
  const expected =
    'Cannot use "w.safetensors" as a ResNet as it must have tensors under torchvision\'s names, such as "conv1.weight" and "layer4.0.conv1.weight": its first tensor is';
  assertThrows(
    () => readTorchvision({ tensors, metadata: {} }, OPTIONS),
    FormatError,
    `${expected} "a.weight"`,
  );
  assertThrows(
    () => readTorchvision({ tensors: new Map(), metadata: {} }, OPTIONS),
    FormatError,
    `${expected} "none"`,
  );
});
