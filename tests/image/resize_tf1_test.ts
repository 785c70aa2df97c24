import { assertEquals, assertLessOrEqual } from "@std/assert";
import { resizeImage } from "../../pipeline/image/resize.ts";
import { readFixture } from "../support/fixtures.ts";

/** A picture of 17 x 13, and what TensorFlow makes of it, by height and width. */
const { picture, resized }: {
  picture: number[];
  resized: Record<string, number[]>;
} = JSON.parse(
  new TextDecoder().decode(await readFixture("golden/resize_tf1.json")),
);

const INPUT = { width: 17, height: 13, data: Uint8Array.from(picture) };

Deno.test.each(Object.keys(resized))(
  "resizeImage() is TensorFlow's bilinear resize to %s, rounded",
  (name) => {
    const [height, width] = name.split("x").map(Number) as [number, number];
    const size = { width, height };
    const { data } = resizeImage(INPUT, "bilinear-tf1", { size });
    assertEquals(data.length, resized[name]!.length);
    const far = resized[name]!.map((level, i) => Math.abs(level - data[i]!));
    // Half a level, and the four places that the reference is written in.
    assertLessOrEqual(Math.max(...far), 0.5001);
  },
);

Deno.test("resizeImage() makes part of TensorFlow's resize", () => {
  const size = { width: 26, height: 20 };
  const box = { left: 5, top: 3, width: 7, height: 9 };
  const whole = resizeImage(INPUT, "bilinear-tf1", { size }).data;
  const part = resizeImage(INPUT, "bilinear-tf1", { size, box }).data;
  for (let y = 0; y < box.height; y++) {
    const start = ((box.top + y) * size.width + box.left) * 3;
    assertEquals(
      part.subarray(y * box.width * 3, (y + 1) * box.width * 3),
      whole.subarray(start, start + box.width * 3),
    );
  }
});
