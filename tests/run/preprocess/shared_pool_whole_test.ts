import { assertEquals, assertRejects } from "@std/assert";
import { resolvePreprocessing } from "../../../pipeline/image/preprocessing.ts";
import { SharedPool } from "../../../pipeline/run/preprocess/shared_pool.ts";
import { readFixture } from "../../support/fixtures.ts";

/** The geometry of squares of a side. */
function squares(imageSize: number) {
  const options = { imageSize, orientation: "ignore" } as const;
  return resolvePreprocessing("seed", options).geometry;
}

Deno.test("SharedPool has the same workers for stages that make the same squares, and ends them", async () => {
  const { Worker: Own } = globalThis;
  let started = 0;
  globalThis.Worker = class extends Own {
    constructor(...args: ConstructorParameters<typeof Own>) {
      super(...args);
      started++;
    }
  };
  const lengthIn = async (preprocess: SharedPool["open"], side: number) => {
    using stage = await preprocess(geometries.get(side)!);
    const photo = await readFixture("images/val/coin/coin_20.jpg");
    return (await stage.preprocess(photo)).length;
  };
  const geometries = new Map([8, 16].map((side) => [side, squares(side)]));
  try {
    using pool = new SharedPool(false);
    const open: SharedPool["open"] = (geometry) => pool.open(geometry);
    const lengths = [
      await lengthIn(open, 8),
      await lengthIn(open, 8),
      await lengthIn(open, 16),
    ];
    assertEquals([lengths, started], [[192, 192, 768], 2]);
    const last = await pool.open(geometries.get(16)!);
    pool[Symbol.dispose]();
    const photo = await readFixture("images/val/coin/coin_20.jpg");
    await assertRejects(
      () => last.preprocess(photo),
      Error,
      "Cannot preprocess photos as the workers are closed",
    );
  } finally {
    globalThis.Worker = Own;
  }
});
