import { assertEquals } from "@std/assert";
import { Listing } from "../../pipeline/dataset/listing.ts";
import { openImages } from "../../pipeline/dataset/open_images.ts";
import { FIXTURES } from "../support/fixtures.ts";
import { MemoryStore } from "../support/memory_store.ts";

/** Bytes of a file that is said to be large. */
const LARGE = 9 * 2 ** 20;

/** A store that says how large files are, and remembers what is read whole. */
class LargeStore extends MemoryStore {
  readonly wholes: string[] = [];
  override read(path: string) {
    this.wholes.push(path);
    return super.read(path);
  }
}

/** Opens photos of said sizes. */
async function open(store: MemoryStore, sizes: Record<string, number>) {
  const listing = new Listing(new Map());
  for (const [path, sizeBytes] of Object.entries(sizes)) {
    const candidate = { path, className: "a", split: undefined };
    listing.push({ ...candidate, sizeBytes, modifiedMs: 0 });
  }
  const opened = openImages(listing, { store, origin: "photos" });
  return await Array.fromAsync(opened, ({ opened }) => opened);
}

Deno.test("openImages() refuses large files by their size and their start, and reads no other byte", async () => {
  const png = Uint8Array.fromHex(
    "89504e470d0a1a0a0000000d49484452000186a0000186a00802000000",
  );
  const store = new LargeStore({ "a.png": png, "b.jpg": "no photo" });
  const opened = await open(store, {
    "a.png": LARGE,
    "b.jpg": LARGE,
    "c.jpg": 6 * 2 ** 30,
  });
  assertEquals(opened, [
    {
      path: "a.png",
      reason:
        "it claims 100000x100000 pixels, more than the limit of 178956970",
    },
    {
      path: "b.jpg",
      reason: "it is not an image",
    },
    {
      path: "c.jpg",
      reason: "it has 6442450944 bytes, more than the limit of 536870912",
    },
  ]);
  assertEquals(store.wholes, []);
});

Deno.test("openImages() reads a large photo whose header does not end in its start", async () => {
  const photo = await Deno.readFile(
    new URL("images/train/leaf/leaf_01.jpg", FIXTURES),
  );
  const hex = photo.toHex();
  const filler = `ffe2fdea${"00".repeat(0xfdea - 2)}`;
  const segments = Uint8Array.fromHex(
    hex.slice(0, 4) + filler + filler + hex.slice(4),
  );
  const store = new LargeStore({ "a.jpg": segments });
  const [opened] = await open(store, { "a.jpg": LARGE });
  assertEquals("width" in opened! && opened.sizeBytes, segments.length);
  assertEquals(store.wholes, ["a.jpg"]);
});
