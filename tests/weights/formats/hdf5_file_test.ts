import { assertEquals, assertThrows } from "@std/assert";
import { deflateSync } from "node:zlib";
import { Hdf5Refusal } from "../../../pipeline/weights/formats/hdf5_limits.ts";
import { readFixture } from "../../support/fixtures.ts";
import { makeHdf5, openHdf5 } from "./hdf5_support.ts";

/** Elements of the dataset `w`. */
const ELEMENTS = Float32Array.of(1, 2, 3, 4, 5, 6);

/** A file with one of everything in the group `a`. */
const MIXED = makeHdf5((file) => {
  const group = file.create_group("a");
  group.create_dataset({ name: "w", data: ELEMENTS, shape: [2, 3] });
  const zeros = { data: new Float32Array(1000), chunks: [600] };
  group.create_dataset({ name: "gzip", ...zeros, compression: "gzip" });
  group.create_dataset({
    name: "scaled",
    data: new Int32Array(1000),
    chunks: [500],
    compression: 6,
    compression_opts: [2, 0],
  });
  group.create_dataset({ name: "text", data: ["x"] });
  group.create_dataset({ name: "short", data: new Int16Array(3) });
  group.create_soft_link("/a/w", "soft");
  group.create_soft_link("/a/loop", "loop");
  group.create_soft_link("/none", "broken");
  group.create_external_link("/etc/hostname", "/x", "external");
  group.create_attribute("names", ["abc", "défg"]);
  group.create_attribute("one", "abc");
  group.create_attribute("long", ["d".repeat(1025)]);
  group.create_attribute("numbers", new Float32Array(3));
});

Deno.test("Hdf5File tells what is there, through soft links and not out of the file", () => {
  const file = openHdf5(MIXED.slice());
  assertEquals(
    ["/a", "/a/w", "/a/soft", "/none", "/a/none/w"].map((path) =>
      file.has(path)
    ),
    [true, true, true, false, false],
  );
  assertEquals(
    file.attributes("/a"),
    new Set(["long", "names", "numbers", "one"]),
  );
  for (const name of ["broken", "external"]) {
    assertThrows(
      () => file.dataset(`/a/${name}`, name),
      Hdf5Refusal,
      `weight "${name}" must be a dataset: it is not`,
    );
  }
  assertThrows(() => file.has("/a/loop"), Error, "too many links");
});

Deno.test("Hdf5File reads names of UTF-8, and refuses what are none", () => {
  const file = openHdf5(MIXED.slice());
  assertEquals(file.names("/a", "names"), ["abc", "défg"]);
  assertEquals(file.names("/a", "one"), ["abc"]);
  assertThrows(
    () => file.names("/a", "long"),
    Hdf5Refusal,
    "a name must have at most 1024 characters: one has 1025",
  );
  assertThrows(
    () => file.names("/a", "numbers"),
    Hdf5Refusal,
    'attribute "numbers" must be a list of strings: it is float of 4 bytes',
  );
});

Deno.test("Hdf5File reads datasets, each into bytes of its own", () => {
  const file = openHdf5(MIXED.slice());
  const w = file.dataset("/a/w", "w")!;
  assertEquals(w, {
    path: "/a/w",
    name: "w",
    dtype: "F32",
    shape: [2, 3],
    sizeBytes: 24,
    chunkBytes: 0,
    workBytes: 24,
  });
  const gzip = file.dataset("/a/gzip", "gzip")!;
  assertEquals(
    [gzip.sizeBytes, gzip.chunkBytes, gzip.workBytes],
    [4000, 2400, 4000 + 2 * 2400],
  );
  const soft = file.dataset("/a/soft", "soft")!;
  const tensors = file.read([w, gzip, soft]);
  const bytes = new Uint8Array(ELEMENTS.buffer);
  assertEquals(tensors, [
    { dtype: "F32", shape: [2, 3], data: bytes },
    { dtype: "F32", shape: [1000], data: new Uint8Array(4000) },
    { dtype: "F32", shape: [2, 3], data: bytes },
  ]);
});

Deno.test.each([
  ["text", "be F16, F32, F64, I32, I64 or U8: it is string of 4 bytes"],
  [
    "short",
    "be F16, F32, F64, I32, I64 or U8: it is integer of 2 bytes, signed",
  ],
  [
    "scaled",
    "have the filters deflate (1), shuffle (2) and checksum (3), once each: it has 6",
  ],
])("Hdf5File refuses the dataset %s", (name, rule) => {
  const file = openHdf5(MIXED.slice());
  assertThrows(
    () => file.dataset(`/a/${name}`, name),
    Hdf5Refusal,
    `weight "${name}" must ${rule}`,
  );
});

Deno.test("Hdf5File does not read elements that are in another file", async () => {
  const file = openHdf5(await readFixture("weights/keras_hostile.h5"));
  assertThrows(
    () => file.dataset("/a/virtual", "virtual"),
    Hdf5Refusal,
    'weight "virtual" must lie in this file: it is virtual',
  );
  const external = file.dataset("/a/external", "external")!;
  assertThrows(
    () => file.read([external]),
    Error,
    "unable to open external raw data file",
  );
});

Deno.test("Hdf5File refuses an attribute that is larger than HDF5 keeps with an object", () => {
  const bytes = makeHdf5((file) => {
    file.create_attribute("names", Array(17_000).fill("a"));
  });
  assertThrows(
    () => openHdf5(bytes).names("/", "names"),
    Hdf5Refusal,
    'attribute "names" must have at most 65536 bytes: it has 68000',
  );
});

Deno.test("Hdf5File refuses a file of zeros that unpacks to far more than it has", () => {
  const data = new Uint8Array(2 ** 24);
  const file = openHdf5(makeHdf5((file) => {
    file.create_dataset({
      name: "w",
      data,
      chunks: [2 ** 24],
      compression: "gzip",
    });
  }));
  assertThrows(
    () => file.dataset("/w", "w"),
    Hdf5Refusal,
    "its weights must take at most 64 times its ",
  );
});

Deno.test("Hdf5File stops unpacking a chunk that is far larger than it says", async () => {
  const bytes = await readFixture("weights/keras_hostile.h5");
  const bomb = deflateSync(new Uint8Array(2 ** 27), { level: 1 });
  const copy = new Uint8Array(bytes.length + bomb.length);
  copy.set(bytes);
  copy.set(bomb, bytes.length);
  const view = new DataView(copy.buffer);
  view.setBigUint64(40, BigInt(copy.length), true);
  // The B-tree of its chunk: a key, which is a size and the positions, and the address.
  const tree = new TextDecoder("latin1").decode(bytes).indexOf("TREE\x01");
  view.setUint32(tree + 24, bomb.length, true);
  view.setBigUint64(tree + 24 + 8 + 16, BigInt(bytes.length), true);
  const file = openHdf5(copy);
  const dataset = file.dataset("/a/bomb", "bomb")!;
  assertThrows(() => file.read([dataset]), Error, "filter returned failure");
});
