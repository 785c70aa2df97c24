import { assertEquals } from "@std/assert";
import { applyGeometry } from "../../pipeline/image/preprocess.ts";
import type {
  Geometry,
  Interpolation,
} from "../../pipeline/image/preprocessing.ts";
import { readGolden } from "../support/fixtures.ts";

const { tensors } = await readGolden("resize.safetensors");
const { shape, data } = tensors.get("input")!;
const INPUT = { width: shape[1]!, height: shape[0]!, data };
const CROPS = [...tensors.keys()].filter((name) => name.startsWith("crop/"));

Deno.test.each(CROPS)("applyGeometry() equals Pillow's %s", (name) => {
  const [, filter, shortSide, imageSize] = name.split("/");
  const geometry: Geometry = {
    imageSize: Number(imageSize),
    shortSide: Number(shortSide),
    resize: "crop",
    interpolation: filter as Interpolation,
    orientation: "ignore",
  };
  assertEquals(applyGeometry(INPUT, geometry, 1), tensors.get(name)!.data);
});

Deno.test("applyGeometry() turns the image before it is resized, if asked", () => {
  const geometry: Geometry = {
    imageSize: 32,
    shortSide: 32,
    resize: "stretch",
    interpolation: "bilinear",
    orientation: "apply",
  };
  const turned = tensors.get("orientation/6")!;
  const upright = {
    width: turned.shape[1]!,
    height: turned.shape[0]!,
    data: turned.data,
  };
  assertEquals(
    applyGeometry(INPUT, geometry, 6),
    applyGeometry(upright, geometry, 1),
  );
  assertEquals(
    applyGeometry(INPUT, { ...geometry, orientation: "ignore" }, 6),
    tensors.get("bilinear/32x32")!.data,
  );
});
