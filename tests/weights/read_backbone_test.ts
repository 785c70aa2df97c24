import { assertEquals, assertThrows } from "@std/assert";
import { decodeSafetensors } from "../../pipeline/artifact/safetensors.ts";
import { readBackbone } from "../../pipeline/weights/mod.ts";
import { FormatError } from "../../pipeline/errors.ts";
import { PROFILES } from "../../pipeline/image/preprocessing.ts";
import { readFixture } from "../support/fixtures.ts";

const OPTIONS = {
  path: "tiny.safetensors",
  imageSize: 64,
  normalization: PROFILES.torch.normalization,
};

Deno.test("readBackbone() puts graph, weights and normalization together", async () => {
  const bytes = await readFixture("backbone/resnet101-tiny.safetensors");
  const { tensors } = decodeSafetensors(bytes, OPTIONS.path);
  const { graph, weights, normalization } = readBackbone(tensors, {
    ...OPTIONS,
    variant: "tf-slim",
  });
  assertEquals(graph.imageSize, 64);
  assertEquals(graph.spec.strideUnit, "last");
  assertEquals(Object.keys(weights.entries).length, 104);
  assertEquals(normalization, PROFILES.torch.normalization);
});

Deno.test("readBackbone() names the file that is no ResNet", () => {
  assertThrows(
    () => readBackbone(new Map(), OPTIONS),
    FormatError,
    "tiny.safetensors",
  );
});
