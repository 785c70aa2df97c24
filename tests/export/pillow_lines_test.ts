import { assertEquals, assertStringIncludes } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { pillowLines } from "../../pipeline/export/pillow_lines.ts";
import { preprocessImage } from "../../pipeline/image/preprocess.ts";
import {
  type Geometry,
  resolvePreprocessing,
} from "../../pipeline/image/preprocessing.ts";
import { findPython } from "../support/python.ts";
import { tempDir } from "../support/temp_dir.ts";

const PYTHON = await findPython("PIL");

/** 64×48 pixels, which EXIF turns. */
const PHOTO = fromFileUrl(
  new URL("../../fixtures/formats/turned.png", import.meta.url),
);

/** The geometry of a profile, for a square of 31 pixels. */
function geometryOf(profile: "seed" | "torch" | "timm" | "hugging-face") {
  return resolvePreprocessing(profile, { imageSize: 31 }).geometry;
}

const GEOMETRIES: readonly (readonly [string, Geometry])[] = [
  ["seed", geometryOf("seed")],
  ["torch", geometryOf("torch")],
  ["timm", geometryOf("timm")],
  ["hugging-face", geometryOf("hugging-face")],
  ["unturned", { ...geometryOf("torch"), orientation: "ignore" }],
];

Deno.test.each(GEOMETRIES)(
  "pillowLines() makes in Pillow what prepare makes: %s",
  { ignore: PYTHON === undefined },
  async (_name, geometry) => {
    await using directory = await tempDir();
    await Deno.copyFile(PHOTO, directory.join("photo.jpg"));
    const program = `import sys
from PIL import Image, ImageOps
${pillowLines(geometry)}
sys.stdout.buffer.write(photo.tobytes())`;
    const { stdout, success } = await new Deno.Command(PYTHON!, {
      args: ["-c", program],
      cwd: directory.path,
      stderr: "inherit",
    }).output();
    assertEquals(success, true);
    const expected = await preprocessImage(
      await Deno.readFile(PHOTO),
      geometry,
    );
    assertEquals(new Uint8Array(stdout), new Uint8Array(expected));
  },
);

Deno.test("pillowLines() says where Pillow has no filter of the name", () => {
  const { geometry } = resolvePreprocessing("tf-slim", { imageSize: 31 });
  assertStringIncludes(
    pillowLines(geometry),
    "near to TensorFlow's own filter",
  );
});
