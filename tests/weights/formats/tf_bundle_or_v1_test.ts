import { assertEquals } from "@std/assert";
import {
  isTensorBundleIndex,
  isTfV1,
} from "../../../pipeline/weights/formats/tf_bundle_or_v1.ts";
import { HAS_SHARED, readFixture, readShared } from "../../support/fixtures.ts";
import {
  BUNDLE_HEADER,
  encodeTable,
  integer,
  message,
  text,
} from "./sstable_support.ts";

/** What both functions say of a file. */
function sniff(bytes: Uint8Array) {
  return { isIndex: isTensorBundleIndex(bytes), isV1: isTfV1(bytes) };
}

const NEITHER = { isIndex: false, isV1: false };

Deno.test.each(["tf_v1.ckpt", "tf_v1_snappy.ckpt", "tf_v1_sliced.ckpt"])(
  "isTfV1() is true of %s",
  async (name) => {
    const bytes = await readFixture(`weights/${name}`);
    assertEquals(sniff(bytes), { isIndex: false, isV1: true });
  },
);

Deno.test.each([
  "weights/tf_slim.ckpt",
  "tf_checkpoint/saved_model_half_plus_two_tf2_cpu/variables",
])("isTensorBundleIndex() is true of %s.index, and not of its data", {
  ignore: !HAS_SHARED,
}, async (path) => {
  const index = await readShared(`reference/${path}.index`);
  assertEquals(sniff(index), { isIndex: true, isV1: false });
  const data = await readShared(`reference/${path}.data-00000-of-00001`);
  assertEquals(sniff(data), NEITHER);
});

Deno.test.each([
  ["a file without a byte", new Uint8Array()],
  ["a table without entries", encodeTable([])],
  ["a table without an empty key", encodeTable([[text("a"), BUNDLE_HEADER]])],
  ["a table of something else", encodeTable([[text(""), integer(2, 1)]])],
])("%s is neither", (_name, bytes) => {
  assertEquals(sniff(bytes), NEITHER);
});

Deno.test("a damaged table counts as what its size suggests", () => {
  const index = encodeTable([[text(""), BUNDLE_HEADER]]);
  index[4]! ^= 1;
  assertEquals(sniff(index), { isIndex: true, isV1: false });
  const large = encodeTable([
    [text(""), message(1)],
    [text("a"), new Uint8Array(2 ** 24)],
  ]);
  large[4]! ^= 1;
  assertEquals(sniff(large), { isIndex: false, isV1: true });
});
