import { assertEquals, assertRejects } from "@std/assert";
import { sha256 } from "../../pipeline/artifact/digest.ts";
import {
  DatasetError,
  ImageError,
  LateImageError,
} from "../../pipeline/errors.ts";
import { photoDecoder } from "../../pipeline/shards/decode_photos.ts";
import { MemoryStore } from "../support/memory_store.ts";

/** Pixels of a photo that is decoded. */
const PIXELS = Uint8Array.of(1, 2, 3);

/** How a try of a photo ends. */
type Ending = () => Promise<Uint8Array>;

const WHOLE: Ending = () => Promise.resolve(PIXELS.slice());
const LATE: Ending = () => Promise.reject(new LateImageError(1000));
const CRASHED: Ending = () => Promise.reject(new Error("unreachable"));
const DAMAGED: Ending = () => Promise.reject(new ImageError("it is damaged"));

/** Decodes photos at once; returns the pixels of each or why there are none, what was told, and what was under way in each second try. */
async function decodeAll(
  tries: { first: Ending; again?: Ending }[],
  digest?: string,
) {
  const store = new MemoryStore();
  const records = await Promise.all(tries.map(async (_, i) => {
    const bytes = Uint8Array.of(i);
    store.files.set(`${i}`, bytes);
    const rest = { height: 1, width: 1, label: 0, split: "train" } as const;
    return {
      path: `${i}`,
      digest: digest ?? await sha256(bytes),
      sizeBytes: 1,
      ...rest,
    };
  }));
  const told: string[] = [];
  const beside: number[] = [];
  let underWay = 0;
  /** Takes a while, in which others begin if they may. */
  async function run(ending: Ending) {
    underWay++;
    try {
      for (let turn = 0; turn < 100; turn++) await Promise.resolve();
      return await ending();
    } finally {
      underWay--;
    }
  }
  const decode = photoDecoder({
    photos: store,
    preprocessor: {
      atOnce: tries.length,
      preprocess: ([i]) => run(tries[i!]!.first),
      again: ([i]) => {
        beside.push(underWay);
        return run(tries[i!]!.again ?? WHOLE);
      },
      [Symbol.dispose]() {},
    },
    tell: (message) => void told.push(message),
  });
  const all = await Promise.all(records.map(decode));
  const made = all.map((one) => one instanceof ImageError ? one.message : one);
  return { made, told, beside };
}

Deno.test.each([["hangs", LATE, "it was not decoded in 1 s"], [
  "crashes",
  CRASHED,
  "unreachable",
]])(
  "photoDecoder() tries a photo that %s again, alone",
  async (_, first, reason) => {
    const { made, told, beside } = await decodeAll(
      [{ first: WHOLE }, { first }, { first: WHOLE }, { first }],
    );
    assertEquals(made, Array(4).fill(PIXELS));
    // Their digests, in other threads, may end in any order.
    assertEquals(told.toSorted(), [
      `"1" is tried again, alone: ${reason}`,
      `"3" is tried again, alone: ${reason}`,
    ]);
    assertEquals(beside, [0, 0]);
  },
);

Deno.test("photoDecoder() says why a photo cannot be used that hangs again", async () => {
  const { made } = await decodeAll([
    { first: LATE, again: () => Promise.reject(new LateImageError(4000)) },
    { first: WHOLE },
  ]);
  assertEquals(made, ["it was not decoded in 4 s", PIXELS]);
});

Deno.test("photoDecoder() tries a damaged photo once", async () => {
  const { made, told } = await decodeAll([{ first: DAMAGED }]);
  assertEquals(made, ["it is damaged"]);
  assertEquals(told, []);
});

Deno.test("photoDecoder() throws what no photo is to blame for", async () => {
  await assertRejects(
    () => decodeAll([{ first: CRASHED, again: CRASHED }]),
    Error,
    "unreachable",
  );
});

Deno.test("photoDecoder() throws if a photo is not the one that was indexed", async () => {
  await assertRejects(
    () => decodeAll([{ first: WHOLE }], "00".repeat(32)),
    DatasetError,
    'Cannot use "0" as photos must not change after they are indexed: its bytes have changed',
  );
});
