import { assertEquals } from "@std/assert";
import { toFloat32 } from "../../pipeline/artifact/tensor.ts";
import { makeNormalizer } from "../../pipeline/backbone/normalize.ts";
import { PROFILES } from "../../pipeline/image/preprocessing.ts";
import { readGolden } from "../support/fixtures.ts";

/** One image of 16x16 pixels in which all channels have each of the 256 levels. */
const LEVELS = Uint8Array.from({ length: 768 }, (_, i) => Math.floor(i / 3));

const { tensors } = await readGolden("backbone.safetensors");

Deno.test.each(["seed", "torch", "keras"] as const)(
  "makeNormalizer() computes the levels of %s to the bit as NumPy does",
  (profile) => {
    const normalize = makeNormalizer(PROFILES[profile].normalization);
    const target = new Float32Array(768);
    normalize(LEVELS, { view: "plain", imageSize: 16, target });
    const name = `levels/${profile}`;
    assertEquals(target, toFloat32(tensors.get(name)!, name));
  },
);

Deno.test("makeNormalizer() orders channels as the backbone expects them", () => {
  const mean: [number, number, number] = [1, 2, 3];
  const std: [number, number, number] = [1, 1, 2];
  const pixel = Uint8Array.of(10, 20, 30);
  const target = new Float32Array(3);
  const options = { view: "plain", imageSize: 1, target } as const;
  makeNormalizer({ channels: "rgb", mean, std })(pixel, options);
  assertEquals([...target], [9, 18, 13.5]);
  makeNormalizer({ channels: "bgr", mean, std })(pixel, options);
  assertEquals([...target], [29, 18, 3.5]);
});

Deno.test("makeNormalizer() mirrors each row and pads with zeros", () => {
  const normalize = makeNormalizer({
    channels: "rgb",
    mean: [0, 0, 0],
    std: [1, 1, 1],
  });
  const image = Uint8Array.from({ length: 12 }, (_, i) => i + 1);
  const target = new Float32Array(24).fill(7);
  normalize(image, { view: "flipped", imageSize: 2, target });
  const expected = [4, 5, 6, 1, 2, 3, 10, 11, 12, 7, 8, 9];
  assertEquals([...target], [...expected, ...Array(12).fill(0)]);
});
