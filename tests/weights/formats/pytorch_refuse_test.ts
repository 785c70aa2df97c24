import { assertEquals } from "@std/assert";
import { zipSync } from "fflate";
import { isPytorch } from "../../../pipeline/weights/formats/pytorch.ts";
import { readFixture } from "../../support/fixtures.ts";
import {
  assertRefused,
  FLOATS,
  integer,
  legacy,
  little,
  mapping,
  pack,
  storage,
  tensor,
  text,
  tuple,
  zipped,
} from "./pytorch_support.ts";

Deno.test.each([
  [
    "os_system",
    'its pickle must name nothing but tensors: it names "os.system"',
  ],
  [
    "eval",
    'its pickle must name nothing but tensors: it names "builtins.eval"',
  ],
  [
    "load_from_bytes",
    'its pickle must name nothing but tensors: it names "torch.storage._load_from_bytes"',
  ],
  [
    "bomb",
    "it must unpack to at most 115336 bytes, else it is a zip bomb: it claims 67108870",
  ],
  [
    "overlap",
    'its entries must lie apart: "archive/data.pkl" and "archive/data/0" overlap at 0',
  ],
])("decodePytorch() refuses the hostile file %s", async (name, expected) => {
  const bytes = await readFixture(`weights/pytorch_${name}.pth`);
  assertEquals(isPytorch(bytes), true);
  assertRefused(bytes, expected);
});

/** A zip file with a tensor that is described in another way. */
const withTensor = (options: Parameters<typeof tensor>[0]) =>
  zipped(mapping(tensor(options)));
const SIZES =
  'tensor "w" must have an offset, and sizes and strides of at most 64 dimensions, none negative: it has not';

Deno.test.each([
  [
    "nothing",
    new Uint8Array(),
    "it must start as a zip file of PyTorch or with its magic number: it does not",
  ],
  [
    "a file without pickle",
    zipSync({ "a/version": FLOATS }, { level: 0 }),
    "it must hold data.pkl in a folder: it does not",
  ],
  [
    "a value that is no mapping",
    zipped(pack("N.")),
    'it must map names to tensors, by itself or under "state_dict_ema", "model_ema", "state_dict", "model": it does not',
  ],
  [
    "keys that are no names",
    zipped(mapping(tensor(), integer(1))),
    'it must map names to tensors, by itself or under "state_dict_ema", "model_ema", "state_dict", "model": it does not',
  ],
  [
    "an unknown type",
    withTensor({ of: storage({ type: "BoolStorage" }) }),
    'tensor "w" must be in storage of type Float, Half, BFloat16, Double, Long, Int or Byte: it is in BoolStorage',
  ],
  [
    "a type that does not exist",
    withTensor({ of: storage({ type: "EvilStorage" }) }),
    'its pickle must name nothing but tensors: it names "torch.EvilStorage"',
  ],
  [
    "a name with control characters",
    zipped(pack("cos\x1b[2J\n\x9bsystem\n.")),
    'its pickle must name nothing but tensors: it names "os\\u001b[2J.\u203asystem"',
  ],
  ["a negative size", withTensor({ shape: [-2, 3] }), SIZES],
  ["a negative stride", withTensor({ strides: [3, -1] }), SIZES],
  ["a negative offset", withTensor({ offset: -1 }), SIZES],
  ["fewer strides than sizes", withTensor({ strides: [1] }), SIZES],
  [
    "65 dimensions",
    withTensor({ shape: Array(65).fill(1), strides: Array(65).fill(1) }),
    SIZES,
  ],
  [
    "a stride past the storage",
    withTensor({ strides: [4, 1] }),
    'tensor "w" must lie in the 6 elements of its storage: its last is 6',
  ],
  [
    "an offset past the storage",
    withTensor({ offset: 1 }),
    'tensor "w" must lie in the 6 elements of its storage: its last is 6',
  ],
  [
    "a product beyond 2⁵³",
    withTensor({ shape: [2 ** 52, 2 ** 52], strides: [2 ** 52, 1] }),
    'tensor "w" must lie in the 6 elements of its storage: its last is 2.028240960365167e+31',
  ],
  [
    "one element seen often",
    withTensor({ shape: [2 ** 40], strides: [0] }),
    'tensor "w" must have at most the 6 elements of its storage: [1099511627776] are 1099511627776',
  ],
  [
    "a storage of another size",
    withTensor({ of: storage({ size: 7 }) }),
    'its entry "a/data/0" must have 28 bytes: it has 24',
  ],
  [
    "a storage that is not there",
    withTensor({ of: storage({ key: "../0" }) }),
    'its entry "a/data/../0" must have 24 bytes: there is none',
  ],
  [
    "no storage",
    withTensor({ of: pack("N") }),
    "a tensor of its pickle must have a storage: it has none",
  ],
  [
    "a negated tensor",
    withTensor({
      rest: [pack("\x89"), pack("}"), pack("}", text("neg"), "\x88s")],
    }),
    "a tensor of its pickle must be as it is stored: it is lazy",
  ],
  [
    "a storage without type",
    zipped(mapping(pack(tuple(text("storage"), text("x")), "Q"))),
    "its pickle must refer to storages by type, key and size: it does not",
  ],
  [
    "a storage of two types",
    zipped(
      pack(
        "}(",
        text("a"),
        tensor(),
        text("b"),
        tensor({ of: storage({ type: "IntStorage" }) }),
        "u.",
      ),
    ),
    'storage "0" must be the same each time: it is FloatStorage of 6 and IntStorage of 6',
  ],
  [
    "a view past its storage",
    withTensor({
      of: storage({ view: tuple(text("1"), integer(4), integer(3)) }),
    }),
    'a view of storage "0" must lie in its 6 elements: it does not',
  ],
  [
    "a call of a storage type",
    zipped(pack("ctorch\nFloatStorage\n)R.")),
    "its pickle must call only what makes tensors: it calls a value",
  ],
  [
    "a mapping of a text",
    zipped(pack("ccollections\nOrderedDict\n", tuple(text("w")), "R.")),
    "a mapping of its pickle must be made from pairs: it is not",
  ],
  [
    "a state of a tensor",
    zipped(pack(tensor(), "}b.")),
    "its pickle must set the state of mappings only: it sets another",
  ],
  [
    "big-endian numbers",
    zipped(mapping(tensor()), { "data/0": FLOATS, byteorder: pack("big") }),
    'its byte order must be "little": it is "big"',
  ],
  [
    "old, another version",
    legacy({ version: pack("\x80\x02K\x07.") }),
    "its version must be 1001: it is 7",
  ],
  [
    "old, big endian",
    legacy({ system: pack("}", text("little_endian"), "\x89s.") }),
    "it must say that it is little endian: it does not",
  ],
  [
    "old, a storage listed twice",
    legacy({ keys: pack("](", text("0"), text("0"), "e.") }),
    'each storage must be listed once, and used: "0" is not',
  ],
  [
    "old, a storage not listed",
    legacy({ keys: pack("].") }),
    'storage "0" must be listed: it is not',
  ],
  [
    "old, a storage of another size",
    legacy({ data: pack(little(5, 8), FLOATS) }),
    'storage "0" must have its 6 elements before byte 249: it has 5',
  ],
  [
    "old, cut off in a size",
    legacy({ data: pack("\x06") }),
    'storage "0" must have its 6 elements before byte 218: the file is cut off',
  ],
  [
    "old, cut off in data",
    legacy({ data: pack(little(6, 8), "\x06") }),
    'storage "0" must have its 6 elements before byte 226: it ends at 249',
  ],
])("decodePytorch() refuses %s", (_name, bytes, expected) => {
  assertRefused(bytes, expected);
});
