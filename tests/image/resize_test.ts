import { assertEquals } from "@std/assert";
import type { Tensor } from "../../pipeline/artifact/safetensors.ts";
import { decodePixels } from "../support/decode_pixels.ts";
import type { Interpolation } from "../../pipeline/image/preprocessing.ts";
import { resizeImage } from "../../pipeline/image/resize.ts";
import type { RgbImage } from "../../pipeline/image/rgb_image.ts";
import {
  HAS_SHARED,
  readGolden,
  readReference,
  readShared,
} from "../support/fixtures.ts";

/** Reads U8 `[H, W, 3]` as an image. */
function toImage({ shape, data }: Tensor): RgbImage {
  return { width: shape[1]!, height: shape[0]!, data };
}

const GOLDEN = await readGolden("resize.safetensors");
const CASES = [...GOLDEN.tensors.keys()]
  .map((name) => name.split("/"))
  .filter(([filter]) => /^(nearest|bilinear|bicubic)$/.test(filter!)) as [
    Interpolation,
    string,
  ][];

Deno.test.each(CASES)(
  "resizeImage() equals Pillow's %s to %s",
  (filter, name) => {
    const [width, height] = name.split("x").map(Number) as [number, number];
    const input = toImage(GOLDEN.tensors.get("input")!);
    const resized = resizeImage(input, filter, { size: { width, height } });
    const expected = GOLDEN.tensors.get(`${filter}/${name}`)!;
    assertEquals([resized.height, resized.width, 3], expected.shape);
    assertEquals(resized.data, expected.data);
  },
);

Deno.test("resizeImage() makes the same pixels when only a box is wanted", () => {
  const input = toImage(GOLDEN.tensors.get("input")!);
  for (const filter of ["nearest", "bilinear", "bicubic"] as const) {
    const size = { width: 40, height: 90 };
    const whole = resizeImage(input, filter, { size });
    const box = { left: 7, top: 31, width: 5, height: 3 };
    const part = resizeImage(input, filter, { size, box });
    const rows = Array.from({ length: 3 }, (_, y) => {
      const start = ((31 + y) * 40 + 7) * 3;
      return [...whole.data.subarray(start, start + 15)];
    });
    assertEquals([...part.data], rows.flat());
  }
});

Deno.test({
  name: "resizeImage() equals Pillow on photos",
  ignore: !HAS_SHARED,
  async fn() {
    const { tensors } = await readReference("images/resize.safetensors");
    for (const [name, expected] of tensors) {
      const [photo, filter] = name.split("/") as [string, Interpolation];
      const side = expected.shape[0]!;
      if (!["nearest", "bilinear", "bicubic"].includes(filter)) continue;
      const bytes = await readShared(`reference/images/resize/${photo}`);
      const size = { width: side, height: side };
      const { data } = resizeImage(await decodePixels(bytes), filter, { size });
      assertEquals(data, expected.data, name);
    }
  },
});
