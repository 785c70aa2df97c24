import { assert, assertEquals, assertThrows } from "@std/assert";
import { unzipSync, zipSync } from "fflate";
import { decodeSafetensors } from "../../../pipeline/artifact/safetensors.ts";
import type { Tensor } from "../../../pipeline/artifact/safetensors.ts";
import { toFloat32 } from "../../../pipeline/artifact/tensor.ts";
import {
  decodePytorch,
  isPytorch,
} from "../../../pipeline/weights/formats/pytorch.ts";
import { FormatError } from "../../../pipeline/errors.ts";
import {
  HAS_SHARED,
  readFixture,
  readReference,
  readShared,
} from "../../support/fixtures.ts";
import {
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

/** Tensors as copies, so that those that compare equal have the same bytes. */
function copy(tensors: Map<string, Tensor>) {
  return [...tensors].map(([name, { dtype, shape, data }]) =>
    [name, dtype, shape, data.slice()] as const
  );
}

for (const name of ["torchvision.pth", "torchvision-legacy.pth"]) {
  Deno.test({
    name: `decodePytorch() reads what safetensors have: ${name}`,
    ignore: !HAS_SHARED,
    fn: async () => {
      const bytes = await readShared(`reference/weights/${name}`);
      const actual = decodePytorch(bytes, name);
      const { tensors } = await readReference(
        "weights/torchvision.safetensors",
      );
      for (const all of [actual, tensors]) {
        for (const key of all.keys()) {
          if (key.endsWith("num_batches_tracked")) all.delete(key);
        }
      }
      assertEquals(actual.size, 520);
      const sort = (all: typeof actual) =>
        copy(all).sort(([a], [b]) => a < b ? -1 : 1);
      assertEquals(sort(actual), sort(tensors));
      for (const { data } of actual.values()) {
        assertEquals(data.buffer, bytes.buffer);
      }
    },
  });
}

Deno.test.each([
  "pytorch_zip.pth",
  "pytorch_legacy.pth",
  "pytorch_deflated.pth",
])(
  "decodePytorch() reads what PyTorch has, in its order: %s",
  async (name) => {
    const bytes = await readFixture(`weights/${name}`);
    assertEquals(isPytorch(bytes.subarray(0, 300)), true);
    const path = "weights/pytorch_expected.safetensors";
    const { tensors } = decodeSafetensors(await readFixture(path), path);
    const actual = copy(decodePytorch(bytes, name));
    const expected = new Map(copy(tensors).map((entry) => [entry[0], entry]));
    assertEquals(actual.length, expected.size);
    for (const entry of actual) assertEquals(entry, expected.get(entry[0]));
    assertEquals(actual.slice(0, 3).map(([key]) => key), [
      "0.weight",
      "0.bias",
      "1.weight",
    ]);
  },
);

Deno.test("decodePytorch() copies only what does not lie in a row", async () => {
  const bytes = await readFixture("weights/pytorch_zip.pth");
  const copied = [...decodePytorch(bytes, "x")].filter(([, { data }]) =>
    data.byteLength > 0 && data.buffer !== bytes.buffer
  );
  assertEquals(copied.map(([name]) => name), [
    "transposed",
    "columns",
    "every.other",
    "channels_last",
    "half.transposed",
  ]);
});

Deno.test("decodePytorch() reads bytes that start inside a buffer", async () => {
  for (const name of ["zip", "legacy"]) {
    const bytes = await readFixture(`weights/pytorch_${name}.pth`);
    const shifted = new Uint8Array(bytes.length + 5);
    shifted.set(bytes, 3);
    const inside = shifted.subarray(3, 3 + bytes.length);
    assertEquals(
      copy(decodePytorch(inside, "x")),
      copy(decodePytorch(bytes, "x")),
    );
  }
});

Deno.test("decodePytorch() takes the state dict of a checkpoint", async () => {
  const bytes = await readFixture("weights/pytorch_nested.pth");
  const tensors = decodePytorch(bytes, "x");
  assertEquals([...tensors.keys()], ["module.weight", "module.step"]);
  const weight = toFloat32(tensors.get("module.weight")!, "w");
  assertEquals([...weight], [0, 1, 2, 3, 4, 5]);
});

Deno.test("decodePytorch() takes averaged weights first", () => {
  const inner = (key: string) => pack("}", text(key), tensor(), "s");
  const value = pack(
    "}(",
    ...["model", "state_dict_ema", "state_dict"].flatMap(
      (key) => [text(key), inner(`of.${key}`)],
    ),
    "u.",
  );
  const tensors = decodePytorch(zipped(value), "x");
  assertEquals([...tensors.keys()], ["of.state_dict_ema"]);
});

Deno.test.each([1, 3, 4, 5])(
  "decodePytorch() reads protocol %i",
  async (protocol) => {
    const path = `weights/pytorch_protocol${protocol}.pth`;
    const w = decodePytorch(await readFixture(path), path).get("w")!;
    assertEquals(w.shape, [3, 2]);
    assertEquals([...toFloat32(w, "w")], [0, 3, 1, 4, 2, 5]);
  },
);

Deno.test.each([
  [
    "in its state",
    pack(
      "ctorch.nn.parameter\nParameter\n)\x81",
      tuple(tensor(), pack("N")),
      "b",
    ),
  ],
  [
    "as its argument",
    pack(
      "ctorch.nn.parameter\nParameter\n",
      tuple(tensor()),
      "R",
      tuple(pack("\x88"), pack("\x89"), pack("}")),
      "b",
    ),
  ],
])(
  "decodePytorch() reads old parameters with the tensor %s",
  (_name, value) => {
    const w = decodePytorch(zipped(mapping(value)), "x").get("w")!;
    assertEquals(w.data, FLOATS);
  },
);

Deno.test("decodePytorch() reads mappings of Python 2, and old tensors", () => {
  const old = pack(
    "ctorch._utils\n_rebuild_tensor\n",
    tuple(storage(), integer(0), tuple(integer(6)), tuple(integer(1))),
    "R",
  );
  const pairs = pack("](](U", 1, "w", old, "ee");
  const value = pack("ccollections\nOrderedDict\n", pairs, "\x85R.");
  assertEquals(decodePytorch(zipped(value), "x").get("w")!.data, FLOATS);
});

Deno.test("decodePytorch() reads views of storages in old files", () => {
  const view = tuple(text("1"), integer(2), integer(3));
  const of = storage({ view });
  const value = mapping(tensor({ of, offset: 1, shape: [2], strides: [1] }));
  const w = decodePytorch(legacy({ value }), "x").get("w")!;
  assertEquals([...toFloat32(w, "w")], [3, 4]);
});

Deno.test("isPytorch() knows files of PyTorch from others", () => {
  const keras = zipSync({ "metadata.json": FLOATS });
  const folder = zipSync({ "a/": new Uint8Array(), "a/data.pkl": FLOATS });
  const frame = pack("\x80\x04\x95", little(13, 8), legacy().subarray(2, 15));
  const files = [
    keras,
    new Uint8Array(),
    pack("PK\x03\x04"),
    pack("\x80\x02M\xe9\x03."),
    folder,
    legacy(),
    frame,
  ];
  assertEquals(files.map(isPytorch), [
    false,
    false,
    false,
    false,
    true,
    true,
    true,
  ]);
});

Deno.test("decodePytorch() refuses each file that is cut off", async () => {
  for (const name of ["zip", "legacy", "deflated"]) {
    const bytes = await readFixture(`weights/pytorch_${name}.pth`);
    for (let size = 0; size < bytes.length; size++) {
      const error = assertThrows(
        () => decodePytorch(bytes.subarray(0, size), "x.pth"),
        FormatError,
      );
      assert(
        error.message.startsWith('Cannot read "x.pth" as PyTorch weights as '),
      );
    }
  }
});

Deno.test("decodePytorch() reads files packed by others", async () => {
  const bytes = await readFixture("weights/pytorch_zip.pth");
  const packed = zipSync(unzipSync(bytes), { level: 9 });
  assertEquals(
    copy(decodePytorch(packed, "x")),
    copy(decodePytorch(bytes, "x")),
  );
});
