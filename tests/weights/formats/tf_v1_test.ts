import { assertEquals, assertThrows } from "@std/assert";
import { FormatError } from "../../../pipeline/errors.ts";
import { decodeSafetensors } from "../../../pipeline/artifact/safetensors.ts";
import { decodeTfV1 } from "../../../pipeline/weights/formats/tf_v1.ts";
import { readFixture } from "../../support/fixtures.ts";
import {
  concat,
  encodeTable,
  integer,
  message,
  shapeOf,
  text,
  varint,
} from "./sstable_support.ts";

/** What messages of errors start with. */
const PREFIX = 'Cannot read "x.ckpt" as a TensorFlow checkpoint as ';

/** Four floats, packed. */
const FLOATS = message(5, new Uint8Array(16));

/** An entry of the list of tensors; one whole slice of two dimensions unless told otherwise. */
function meta(
  name: string,
  { type = 1, shape = shapeOf(2, 2), slices = 1 } = {},
): Uint8Array {
  const all = Array.from({ length: slices }, () => message(4, WHOLE));
  return message(
    1,
    message(1, text(name)),
    message(2, shape),
    integer(3, type),
    ...all,
  );
}

/** All of both dimensions. */
const WHOLE = concat(message(1), message(1));

/** A slice with its elements. */
function slice(name: string, values = FLOATS, extents = WHOLE): Uint8Array {
  return message(
    2,
    message(1, text(name)),
    message(2, extents),
    message(3, values),
  );
}

/** Encodes a checkpoint. */
function encode(metas: Uint8Array[], slices: Uint8Array[]): Uint8Array {
  return encodeTable([
    [text(""), message(1, ...metas)],
    ...slices.map((value, i) => [text(`\0${i}`), value] as const),
  ]);
}

/** Asserts that a checkpoint is refused. */
function assertRefused(bytes: Uint8Array, expected: string): void {
  assertThrows(
    () => decodeTfV1(bytes, "x.ckpt"),
    FormatError,
    PREFIX + expected,
  );
}

Deno.test.each(["tf_v1.ckpt", "tf_v1_snappy.ckpt"])(
  "decodeTfV1() reads what %s was made from",
  async (name) => {
    const actual = decodeTfV1(await readFixture(`weights/${name}`), name);
    const path = "weights/tf_v1_expected.safetensors";
    const expected = decodeSafetensors(await readFixture(path), path).tensors;
    const sort = (tensors: typeof actual) =>
      [...tensors].map(([name, { data, ...rest }]) =>
        [name, rest, data.slice()] as const
      ).sort(([a], [b]) => a < b ? -1 : 1);
    assertEquals(sort(actual), sort(expected));
    assertEquals(actual.size, 15);
  },
);

Deno.test("decodeTfV1() gives floats as views", async () => {
  const bytes = await readFixture("weights/tf_v1.ckpt");
  const tensors = decodeTfV1(bytes, "x.ckpt");
  for (const { dtype, data } of tensors.values()) {
    if (dtype !== "F32") continue;
    assertEquals(data.buffer, bytes.buffer);
  }
});

Deno.test("decodeTfV1() throws if a variable is in slices", async () => {
  assertRefused(
    await readFixture("weights/tf_v1_sliced.ckpt"),
    'tensor "embedding/weights" must be in one piece: it is in 2',
  );
});

Deno.test("decodeTfV1() reads slices that say how long they are", () => {
  const extents = concat(
    message(1, integer(1, 0), integer(2, 2)),
    message(1, integer(2, -1)),
  );
  const bytes = encode([meta("w")], [slice("w", FLOATS, extents)]);
  assertEquals(decodeTfV1(bytes, "x.ckpt").get("w")!.shape, [2, 2]);
});

Deno.test("decodeTfV1() reads tensors without elements", () => {
  const shape = shapeOf(0, 2);
  const bytes = encode([meta("w", { shape })], [slice("w", new Uint8Array())]);
  assertEquals(decodeTfV1(bytes, "x.ckpt").get("w")!.data.length, 0);
});

Deno.test.each([
  [
    "a tensor is in no list",
    encode([], [slice("w")]),
    'each tensor must be in the list: "w" is not',
  ],
  [
    "a tensor is not there",
    encode([meta("v"), meta("w")], [slice("v")]),
    'each tensor of its list must be there: "w" is not',
  ],
  [
    "a tensor is listed twice",
    encode([meta("w"), meta("w")], []),
    'each tensor must be listed once: "w" is listed twice',
  ],
  [
    "a tensor is there twice",
    encode([meta("w")], [slice("w"), slice("w")]),
    'tensor "w" must be in one piece: it is in several',
  ],
  [
    "a slice starts late",
    encode([meta("w")], [
      slice(
        "w",
        FLOATS,
        concat(message(1), message(1, integer(1, 1), integer(2, 1))),
      ),
    ]),
    'tensor "w" must be in one piece: a slice of dimension 1 starts at 1 and has length 1',
  ],
  [
    "a slice is short",
    encode([meta("w")], [slice("w", FLOATS, message(1, integer(2, 1)))]),
    'tensor "w" must be in one piece: a slice of dimension 0 starts at 0 and has length 1',
  ],
  [
    "a slice has one dimension",
    encode([meta("w")], [slice("w", FLOATS, message(1))]),
    'the slice of tensor "w" must have 2 dimensions: it has 1',
  ],
  [
    "a slice has three dimensions",
    encode([meta("w")], [slice("w", FLOATS, concat(WHOLE, message(1)))]),
    'the slice of tensor "w" must have 2 dimensions: it has 3',
  ],
  [
    "a dimension is negative",
    encode([meta("w", { shape: shapeOf(-1) })], []),
    'each dimension of tensor "w" must be at least 0: dimension 0 is -1',
  ],
  [
    "elements are missing",
    encode([meta("w")], [slice("w", message(5, new Uint8Array(12)))]),
    'tensor "w" of F32 [2,2] takes 16 bytes: it holds 12',
  ],
  [
    "there are no elements",
    encode([meta("w")], [slice("w", new Uint8Array())]),
    'tensor "w" of F32 [2,2] takes 16 bytes: it holds 0',
  ],
  [
    "elements are in two fields",
    encode([meta("w")], [slice("w", concat(FLOATS, FLOATS))]),
    'the elements of tensor "w" must be packed in one field: they are in several',
  ],
  [
    "elements are not packed",
    encode([meta("w", { type: 3 })], [slice("w", integer(7, 1))]),
    'the elements of tensor "w" must be packed in one field: they are in several',
  ],
  [
    "integers are missing",
    encode([meta("w", { type: 9, shape: shapeOf(2 ** 30, 2 ** 10) })], [
      slice("w", message(10, varint(1))),
    ]),
    'tensor "w" of I64 [1073741824,1024] takes 8796093022208 bytes: it holds at most 8',
  ],
  [
    "long integers are missing",
    encode([meta("w", { type: 3 })], [slice("w", message(7, varint(-1)))]),
    "an integer must end where its message ends: it is cut off",
  ],
  [
    "there are more integers",
    encode([meta("w", { type: 4 })], [
      slice("w", message(7, new Uint8Array(5))),
    ]),
    'tensor "w" must hold the elements of its shape [2,2]: it holds more',
  ],
  [
    "the first key is not empty",
    encodeTable([[text("w"), message(1)]]),
    "its first key must be empty, with the list of tensors: it is not",
  ],
  [
    "there is no list",
    encodeTable([[text(""), message(2)]]),
    "its first key must be empty, with the list of tensors: it is not",
  ],
  [
    "there is nothing",
    encodeTable([]),
    "its first key must be empty, with the list of tensors: it is not",
  ],
])("decodeTfV1() throws if %s", (_name, bytes, expected) => {
  assertRefused(bytes, expected);
});

Deno.test("decodeTfV1() throws if its list is too long", () => {
  // In parts, as a call takes only so many arguments.
  const pattern = meta("00000");
  const at = new TextDecoder("latin1").decode(pattern).indexOf("00000");
  const named = (number: number) => {
    const bytes = pattern.slice();
    bytes.set(text(`${number}`.padStart(5, "0")), at);
    return bytes;
  };
  const metas = Array.from(
    { length: 257 },
    (_, i) =>
      concat(...Array.from({ length: 256 }, (_, j) => named(256 * i + j))),
  );
  assertRefused(
    encode(metas, []),
    "it must list at most 65536 tensors: it lists more",
  );
});

Deno.test("decodeTfV1() throws if a bundle's index is given", () => {
  const index = encodeTable([[text(""), integer(1, 1)]]);
  assertRefused(index, "field 1 must be bytes: it is varint");
});
