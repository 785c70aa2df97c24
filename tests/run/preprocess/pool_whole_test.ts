import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { sha256 } from "../../../pipeline/artifact/digest.ts";
import { encodeSealed } from "../../../pipeline/artifact/shard.ts";
import { toTensor } from "../../../pipeline/artifact/tensor.ts";
import { ImageError, LateImageError } from "../../../pipeline/errors.ts";
import { readImageHeader } from "../../../pipeline/image/header.ts";
import { preprocessImage } from "../../../pipeline/image/preprocess.ts";
import { openPool } from "../../../pipeline/run/preprocess/pool.ts";
import { readFixture } from "../../support/fixtures.ts";
import { runSource } from "../../support/run_source.ts";
import { GEOMETRY, moduleOf } from "./support.ts";

/** Pictures of several sizes, one of them a PNG, one gray. */
const PHOTOS = await Promise.all(
  [
    "brick/brick_00.jpg",
    "brick/brick_12.jpg",
    "coin/coin_05.jpg",
    "leaf/leaf_03.png",
    "leaf/leaf_07.jpg",
  ].map((path) => readFixture(`images/train/${path}`)),
);

/** What this thread makes of the pictures. */
const EXPECTED = await Promise.all(
  PHOTOS.map((bytes) => preprocessImage(bytes, GEOMETRY)),
);

/** A worker that does what the end of a photo says. */
const FAULTY = new URL("../../serve/faulty_worker.ts", import.meta.url);

/** A photo whose end says what its decoder does. */
function faulty(fault: string): Uint8Array {
  return Uint8Array.of(...PHOTOS[0]!, ...new TextEncoder().encode(fault));
}

Deno.test.each([1, 2, 3, 9])(
  "openPool() makes the same pixels when it has %s workers",
  async (workers) => {
    using pool = openPool(GEOMETRY, { workers });
    const made = await Promise.all(
      PHOTOS.map((bytes) => pool.preprocess(bytes.slice())),
    );
    assertEquals(made, EXPECTED);
  },
);

Deno.test("openPool() takes the bytes of a photo instead of copying them", async () => {
  using pool = openPool(GEOMETRY, { workers: 1 });
  const bytes = PHOTOS[0]!.slice();
  await pool.preprocess(bytes);
  assertEquals(bytes.length, 0);
});

Deno.test("openPool() takes photos that wait in a worker as well, and large ones", async () => {
  using pool = openPool(GEOMETRY, { workers: 1 });
  // Too large to wait in the worker.
  const large = new Uint8Array(2 ** 20 + 1);
  large.set(PHOTOS[1]!);
  const expected = await preprocessImage(large.slice(), GEOMETRY);
  const photos = [PHOTOS[0]!.slice(), large, PHOTOS[2]!.slice()];
  const made = await Promise.all(photos.map((photo) => pool.preprocess(photo)));
  assertEquals(made, [EXPECTED[0], expected, EXPECTED[2]]);
  assertEquals(photos.map(({ length }) => length), [0, 0, 0]);
});

Deno.test("openPool() seals a shard in a worker, which takes it over", async () => {
  using pool = openPool(GEOMETRY, { workers: 1 });
  const image = toTensor(Uint8Array.of(1, 2, 3), [1, 3]);
  const metadata = { shard: "train" };
  const expected = await encodeSealed({ image }, metadata);
  const { bytes, digest } = await pool.seal!({ image }, metadata);
  assertEquals(bytes, expected);
  assertEquals(digest, await sha256(expected));
  assertEquals(image.data.length, 0);
});

Deno.test("openPool() throws the ImageError of a worker, and goes on", async () => {
  using pool = openPool(GEOMETRY, { workers: 1 });
  const cut = PHOTOS[0]!.slice(0, 700);
  const expected = await assertRejects(
    () => preprocessImage(cut.slice(), GEOMETRY),
    ImageError,
  );
  const rejected = assertRejects(
    () => pool.preprocess(cut),
    ImageError,
    expected.message,
  );
  const next = pool.preprocess(PHOTOS[1]!.slice());
  await rejected;
  assertEquals(await next, EXPECTED[1]);
});

Deno.test("openPool() says what went wrong in a worker that cannot go on", async () => {
  const module = moduleOf(
    'onmessage = () => postMessage({ error: { name: "Error", message: "the disk is on fire" } })',
  );
  using pool = openPool(GEOMETRY, { workers: 1, module });
  await assertRejects(
    () => pool.preprocess(PHOTOS[0]!.slice()),
    Error,
    "Cannot preprocess photos as a worker has failed: the disk is on fire",
  );
});

Deno.test.each([
  ["does not start", "throw new Error('no module')"],
  ["crashes", "onmessage = () => { throw new Error('no module') }"],
])("openPool() rejects everything when a worker %s", async (_, source) => {
  const all = await runSource(`
    import { openPool } from "./pipeline/run/preprocess/pool.ts";
    const module = new URL(${JSON.stringify(moduleOf(source).href)});
    const options = { workers: 1, module };
    using pool = openPool(${JSON.stringify(GEOMETRY)}, options);
    const photo = Uint8Array.fromHex("${PHOTOS[0]!.toHex()}");
    const ask = () => pool.preprocess(photo.slice());
    const all = await Promise.allSettled([ask(), ask(), ask()]);
    all.push(...await Promise.allSettled([ask(), pool.again(photo.slice())]));
    console.log(JSON.stringify(all.map(({ reason }) => String(reason))));
  `) as string[];
  assertEquals(all.length, 5);
  for (const reason of all) {
    assertMatch(
      reason,
      /Cannot preprocess photos as a worker has failed: .*no module/,
    );
  }
});

Deno.test("openPool() rejects what is under way when it is disposed of", async () => {
  const pool = openPool(GEOMETRY, { workers: 1 });
  const rejected = assertRejects(
    () => pool.preprocess(PHOTOS[0]!.slice()),
    Error,
    "Cannot preprocess photos as the worker is closed",
  );
  pool[Symbol.dispose]();
  await rejected;
});

Deno.test.each([0, 1])(
  "openPool() ends a worker that hangs after %s photos, and goes on with another",
  async (count) => {
    const hanging = faulty("hang");
    const { width, height } = readImageHeader(hanging);
    // Only the photo that hangs has no time.
    const deadline = (pixels: number) =>
      pixels === width * height ? 20 : 600_000;
    using pool = openPool(GEOMETRY, { workers: 1, deadline, module: FAULTY });
    const last = PHOTOS.at(-1)!;
    for (let i = 0; i < count; i++) await pool.preprocess(last.slice());
    const late = assertRejects(
      () => pool.preprocess(hanging),
      LateImageError,
      "it was not decoded in 1 s",
    );
    const next = pool.preprocess(last.slice());
    await late;
    assertEquals(await next, EXPECTED.at(-1));
  },
);

Deno.test("openPool() tries a photo again in a thread of its own", async () => {
  using pool = openPool(GEOMETRY, { workers: 1, module: FAULTY });
  const busy = pool.preprocess(faulty("hang")).catch(({ message }) => message);
  assertEquals(await pool.again!(PHOTOS[0]!.slice()), EXPECTED[0]);
  pool[Symbol.dispose]();
  assertEquals(await busy, "Cannot preprocess photos as the worker is closed");
});

Deno.test.each(["fail", "crash"])(
  "openPool() blames a photo whose decoder does %s again",
  async (fault) => {
    using pool = openPool(GEOMETRY, { workers: 1, module: FAULTY });
    await assertRejects(
      () => pool.again!(faulty(fault)),
      ImageError,
      "its decoder crashes",
    );
    assertEquals(await pool.again!(PHOTOS[0]!.slice()), EXPECTED[0]);
  },
);

Deno.test("openPool() does not count the time in which the program stood still", async () => {
  let limitMs = 600_000;
  using pool = openPool(GEOMETRY, { workers: 1, deadline: () => limitMs });
  // The worker starts, which takes long where the machine is busy.
  await pool.preprocess(PHOTOS[0]!.slice());
  // With `STEP_MS`, which is added in the step of the first photo, below the stop.
  limitMs = 1500;
  const made = pool.preprocess(PHOTOS[1]!.slice());
  // The photo is with the worker when this goes on.
  await new Promise((resolve) => setTimeout(resolve));
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3000);
  assertEquals(await made, EXPECTED[1]);
});

Deno.test("openPool() gives a photo four times as long when it is tried again", async () => {
  // The worker must have started by then too.
  const deadline = () => 1000;
  using pool = openPool(GEOMETRY, { workers: 1, deadline, module: FAULTY });
  await assertRejects(
    () => pool.again!(faulty("hang")),
    LateImageError,
    "it was not decoded in 4 s",
  );
});
