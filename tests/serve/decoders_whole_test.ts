import { assertEquals, assertRejects } from "@std/assert";
import { ImageError, LateImageError } from "../../pipeline/errors.ts";
import { encodeJpeg } from "../../pipeline/image/encode_jpeg.ts";
import { preprocessImage } from "../../pipeline/image/preprocess.ts";
import { ApiError } from "../../pipeline/serve/api_error.ts";
import {
  type DecoderOptions,
  openDecoders,
} from "../../pipeline/serve/decoders.ts";
import { FACTS } from "./support.ts";

const { geometry } = FACTS.preprocessing;

/** A PNG. */
const PNG = new URL("../../fixtures/bad_images/whole.png", import.meta.url);

/** A gray picture. */
async function gray(side: number): Promise<Uint8Array> {
  const data = new Uint8Array(side * side * 3).fill(100);
  return await encodeJpeg({ width: side, height: side, data }, 75);
}

/** Opens decoders whose worker may be another. */
function open(changes: Partial<DecoderOptions> = {}) {
  const limits = {
    workers: 2,
    pixels: 64 * 64,
    largePixels: 64 * 64 + 1,
    decodeMs: 60_000,
  };
  return openDecoders({ ...limits, ...changes });
}

/** A worker that does what the end of a photo says. */
const FAULTY = new URL("./faulty_worker.ts", import.meta.url);

Deno.test("decoders give the pixels that preprocessing gives, in any worker", async () => {
  using decoders = open();
  const { preprocess } = decoders.open(geometry);
  const photo = await gray(48);
  const expected = await preprocessImage(photo, geometry);
  const squares = await Promise.all(
    Array.from({ length: 8 }, () => preprocess(photo.slice())),
  );
  for (const square of squares) assertEquals(square, expected);
});

Deno.test("decoders refuse what claims too many pixels, or is no photo", async () => {
  using decoders = open();
  const { preprocess } = decoders.open(geometry);
  const large = await gray(65);
  await assertRejects(
    () => preprocess(large),
    ApiError,
    "as it may have 4096 pixels: it claims 65x65",
  );
  // Width and height stand at byte 16 of a PNG; no photo may claim as much.
  const bomb = await Deno.readFile(PNG);
  bomb.set([0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60], 16);
  await assertRejects(
    () => preprocess(bomb),
    ApiError,
    "as it may have 4096 pixels: it claims 60000x60000",
  );
  await assertRejects(() => preprocess(new Uint8Array(9)), ImageError);
  const cut = (await gray(48)).slice(0, -100);
  await assertRejects(() => preprocess(cut), ImageError, "damaged or cut off");
});

Deno.test.each(["fail", "crash"])(
  "decoders replace a worker that does %s",
  async (fault) => {
    using decoders = open({ workers: 1, module: FAULTY });
    const { preprocess } = decoders.open(geometry);
    const photo = await gray(48);
    const end = new TextEncoder().encode(fault);
    const bad = new Uint8Array([...photo, ...end]);
    await assertRejects(
      () => preprocess(bad),
      Error,
      "Cannot decode a photo as a worker has failed",
    );
    assertEquals((await preprocess(photo)).length, 48);
  },
);

Deno.test("decoders replace a worker that does not answer in time", async () => {
  using decoders = open({ workers: 1, decodeMs: 3_000, module: FAULTY });
  const { preprocess } = decoders.open(geometry);
  const photo = await gray(48);
  const end = new TextEncoder().encode("hang");
  const bad = new Uint8Array([...photo, ...end]);
  await assertRejects(
    () => preprocess(bad),
    LateImageError,
    "it was not decoded in 3 s",
  );
  // A new worker may be slow to start, too.
  let square: Uint8Array | undefined;
  while (!square) {
    square = await preprocess(photo.slice()).catch(() => undefined);
  }
  assertEquals(square.length, 48);
});

Deno.test("decoders take large photos one at a time, and let those go whose client has gone", async () => {
  using decoders = open({ workers: 1, largePixels: 32 * 32 });
  const { preprocess } = decoders.open(geometry);
  const [large, small] = [await gray(48), await gray(31)];
  const order: string[] = [];
  const decode = async (
    name: string,
    photo: Uint8Array,
    signal?: AbortSignal,
  ) => {
    await preprocess(photo.slice(), signal);
    order.push(name);
  };
  const client = new AbortController();
  const first = decode("first", large);
  const gone = decode("gone", large, client.signal);
  const last = decode("last", large);
  client.abort(new Error("gone"));
  await assertRejects(() => gone, Error, "gone");
  await decode("small", small);
  await Promise.all([first, last]);
  assertEquals(order.filter((name) => name !== "small"), ["first", "last"]);
});
