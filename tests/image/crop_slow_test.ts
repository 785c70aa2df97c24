import { assertEquals } from "@std/assert";
import { sha256 } from "../../pipeline/artifact/digest.ts";
import {
  CROP_RULES,
  type CropRule,
  planCrop,
  shortSideOf,
} from "../../pipeline/image/crop.ts";
import { decodeImage } from "../../pipeline/image/decode.ts";
import { applyGeometry } from "../../pipeline/image/preprocess.ts";
import {
  type PreprocessingOptions,
  type ProfileName,
  resolvePreprocessing,
} from "../../pipeline/image/preprocessing.ts";
import { HAS_SHARED, readShared } from "../support/fixtures.ts";

/** A profile for each rule of the reference, in its words. */
const RULES: Record<string, [ProfileName, PreprocessingOptions]> = {
  "torchvision-v1 256 224 bilinear": ["torch", { imageSize: 224 }],
  "torchvision-v2 232 224 bilinear": [
    "torch",
    { imageSize: 224, cropFraction: 224 / 232 },
  ],
  "timm-a1h floor(224/0.95)=235 224 bicubic": [
    "timm",
    { imageSize: 224, cropFraction: 0.95 },
  ],
  "timm floor(96/0.9)=106 96 bicubic": [
    "timm",
    { imageSize: 96, cropFraction: 0.9 },
  ],
  "hugging-face 256 224 bicubic": ["hugging-face", { imageSize: 224 }],
};

/** The squares of each photo by each rule, as digests: each photo is decoded once. */
async function digestSquares(
  paths: readonly string[],
): Promise<Record<string, Record<string, string>>> {
  const rules = Object.entries(RULES).map(([rule, [profile, options]]) => {
    const own = { ...options, orientation: "ignore" } as const;
    return [rule, resolvePreprocessing(profile, own).geometry] as const;
  });
  const all: Record<string, Record<string, string>> = {};
  for (const path of paths) {
    const squares = await decodeImage(
      await readShared(`data/flowers/${path}`),
      (image) =>
        rules.map(([rule, geometry]) =>
          [rule, applyGeometry(image, geometry, 1)] as const
        ),
    );
    for (const [rule, square] of squares) {
      (all[rule] ??= {})[path] = await sha256(square);
    }
  }
  return all;
}

Deno.test({
  name: "the squares of 210 photos equal those of each library",
  ignore: !HAS_SHARED,
  async fn(t) {
    const file = await readShared("reference/images/crop/crop.json");
    const expected: Record<string, Record<string, string>> = JSON.parse(
      new TextDecoder().decode(file),
    );
    const paths = Object.keys(Object.values(expected)[0]!);
    assertEquals(paths.length, 210);
    const found = await digestSquares(paths);
    for (const rule of Object.keys(RULES)) {
      await t.step(rule, () => {
        assertEquals(found[rule], expected[rule]);
      });
    }
  },
});

Deno.test("shortSideOf() rounds or floors, as the library does", () => {
  const sides = (imageSize: number, fraction: number) =>
    CROP_RULES.map((rule) => shortSideOf(rule, imageSize, fraction));
  assertEquals(CROP_RULES, ["torchvision", "timm", "hugging-face", "tf-slim"]);
  assertEquals(sides(224, 0.95), [236, 235, 235, 236]);
  assertEquals(sides(224, 224 / 232), [232, 232, 232, 232]);
  assertEquals(sides(224, 0.875), [256, 256, 256, 256]);
});

Deno.test.each<[number, number, (CropRule | undefined)[], number, number]>([
  // 500 * 256 / 331 is 386.7.
  [500, 331, ["torchvision", "timm", "hugging-face"], 386, 81],
  [500, 331, ["tf-slim", undefined], 387, 81],
  // 363 * 256 / 240 is 387.2, half of the margin 81.5.
  [363, 240, ["torchvision", "timm"], 387, 82],
  [363, 240, ["hugging-face", "tf-slim", undefined], 387, 81],
])("planCrop() of %s x %s by %j", (width, height, rules, long, offset) => {
  for (const crop of rules) {
    const options = { imageSize: 224, shortSide: 256, crop };
    const square = { width: 224, height: 224 };
    assertEquals(planCrop({ width, height }, options), {
      size: { width: long, height: 256 },
      box: { left: offset, top: 16, ...square },
    });
    const turned = planCrop({ width: height, height: width }, options);
    assertEquals(turned, {
      size: { width: 256, height: long },
      box: { left: 16, top: offset, ...square },
    });
  }
});
