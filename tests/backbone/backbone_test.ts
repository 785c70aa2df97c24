import { assertEquals, assertThrows } from "@std/assert";
import { readBackbone } from "../../pipeline/backbone/backbone.ts";
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
  const { graph, weights, normalization } = readBackbone(bytes, {
    ...OPTIONS,
    variant: "tf-slim",
  });
  assertEquals(graph.imageSize, 64);
  assertEquals(graph.spec.strideUnit, "last");
  assertEquals(Object.keys(weights.entries).length, 104);
  assertEquals(normalization, PROFILES.torch.normalization);
});

Deno.test("readBackbone() names the file that is damaged", () => {
  assertThrows(
    () => readBackbone(new Uint8Array(4), OPTIONS),
    FormatError,
    "tiny.safetensors",
  );
});
