import { assertEquals } from "@std/assert";
import { toPlanes } from "../../pipeline/export/float_planes.ts";

Deno.test("toPlanes() puts the channels of each image one after the other", () => {
  const images = Uint8Array.from({ length: 24 }, (_, i) => i);
  assertEquals(
    [...toPlanes(images, 2)],
    [
      ...[0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11],
      ...[12, 15, 18, 21, 13, 16, 19, 22, 14, 17, 20, 23],
    ],
  );
});
