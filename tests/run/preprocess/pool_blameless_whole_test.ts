/** What goes wrong in a worker, and is no photo's fault. */

import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { toTensor } from "../../../pipeline/artifact/tensor.ts";
import { openPool } from "../../../pipeline/run/preprocess/pool.ts";
import { readFixture } from "../../support/fixtures.ts";
import { runSource } from "../../support/run_source.ts";
import { GEOMETRY, moduleOf } from "./support.ts";

/** A worker that may read nothing once its code is there, so that no decoder loads. */
const BLIND = moduleOf(`
  import "${new URL(
  "../../../pipeline/run/preprocess/worker.ts",
  import.meta.url,
)}";
  Deno.permissions.revokeSync({ name: "read" });
`);

Deno.test.each([
  "images/train/leaf/leaf_03.png",
  "images/train/leaf/leaf_07.jpg",
  "formats/lossy.webp",
  "formats/photo.avif",
])(
  "openPool() does not blame %s for a decoder that does not load",
  async (path) => {
    const photo = await readFixture(path);
    // In a program of its own, which loses the permission as well.
    const error = await runSource(`
      import { openPool } from "./pipeline/run/preprocess/pool.ts";
      const options = { workers: 1, module: new URL(${JSON.stringify(BLIND)}) };
      using pool = openPool(${JSON.stringify(GEOMETRY)}, options);
      const photo = Uint8Array.fromHex("${photo.toHex()}");
      console.log(JSON.stringify(await pool.again(photo).catch(String)));
    `);
    assertMatch(
      String(error),
      /^Error: Cannot preprocess photos as a worker has failed: .*read access/,
    );
  },
);

/** A worker that never answers. */
const SILENT = moduleOf("onmessage = () => {};");

Deno.test("openPool() does not blame a photo for a decoder that is not loaded in time", async () => {
  const deadline = () => 20;
  using pool = openPool(GEOMETRY, { workers: 1, deadline, module: SILENT });
  const photo = await readFixture("images/train/leaf/leaf_07.jpg");
  const error = await assertRejects(() => pool.again!(photo));
  assertEquals(
    String(error),
    "Error: Cannot preprocess photos as a worker has not loaded its jpeg decoder in 1 s: this machine is too busy",
  );
});

Deno.test("openPool() names the shard that is not sealed in time", async () => {
  const deadline = () => 20;
  using pool = openPool(GEOMETRY, { workers: 1, deadline, module: SILENT });
  const image = toTensor(Uint8Array.of(1, 2, 3), [1, 3]);
  const error = await assertRejects(() =>
    pool.seal!({ image }, { shard: "train-00000.safetensors" })
  );
  assertEquals(
    String(error),
    'Error: Cannot preprocess photos as shard "train-00000.safetensors" was not sealed in 1 s: this machine is too busy',
  );
});
