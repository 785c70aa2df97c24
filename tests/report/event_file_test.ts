import { assertEquals } from "@std/assert";
import { encodeEventFile } from "../../pipeline/report/event_file.ts";
import { readEvents } from "./event_reader.ts";

Deno.test("encodeEventFile() names the version first", () => {
  assertEquals(readEvents(encodeEventFile([])), [
    { fileVersion: "brain.Event:2" },
  ]);
});

Deno.test("encodeEventFile() writes numbers and images by step", () => {
  const png = Uint8Array.from({ length: 300 }, (_, i) => i);
  const bytes = encodeEventFile([
    { step: 1, scalars: [["loss", 0.5], ["größe", -3]] },
    {
      step: 2 ** 40,
      scalars: [],
      images: [["matrix", { width: 7, height: 200, png }]],
    },
  ]);
  const [, first, second] = readEvents(bytes);
  assertEquals(first, {
    step: 1,
    summary: {
      value: [
        { tag: "loss", simpleValue: 0.5 },
        { tag: "größe", simpleValue: -3 },
      ],
    },
  });
  assertEquals(second!.step, 2 ** 40);
  const [{ tag, image } = { tag: "" }] = second!.summary!.value;
  assertEquals([tag, image!.width, image!.height], ["matrix", 7, 200]);
  assertEquals(image!.colorspace, 3);
  assertEquals(new Uint8Array(image!.encodedImageString), png);
});

Deno.test("encodeEventFile() writes the bytes that other writers write", () => {
  // The first record of a file of TensorFlow, but for the time it has.
  const hex = encodeEventFile([]).toHex();
  assertEquals(hex.slice(0, 16), "0f00000000000000");
  assertEquals(hex.slice(24, 54), "1a0d627261696e2e4576656e743a32");
});
