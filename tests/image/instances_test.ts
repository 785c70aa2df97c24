/** Decoders with known holes: what one picture leaves in memory is not the next one's. */

import { assertEquals } from "@std/assert";
import { decodePixels } from "../support/decode_pixels.ts";
import { readFixture } from "../support/fixtures.ts";

/** Runs work, and counts the instances of WebAssembly that it starts. */
async function countInstances(work: () => Promise<unknown>): Promise<number> {
  const { Instance, instantiateStreaming } = WebAssembly;
  let count = 0;
  WebAssembly.Instance = new Proxy(Instance, {
    construct(target, args) {
      count++;
      return Reflect.construct(target, args);
    },
  });
  WebAssembly.instantiateStreaming = (...args) => {
    count++;
    return instantiateStreaming(...args);
  };
  try {
    await work();
  } finally {
    Object.assign(WebAssembly, { Instance, instantiateStreaming });
  }
  return count;
}

for (const name of ["lossy.webp", "photo.avif", "photo.heic"]) {
  Deno.test(`each ${name} is decoded by an instance of its own`, async () => {
    const bytes = await readFixture(`formats/${name}`);
    const count = await countInstances(async () => {
      for (let i = 0; i < 3; i++) await decodePixels(bytes);
    });
    assertEquals(count, 3);
  });
}
