import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Tensor } from "../../../pipeline/artifact/safetensors.ts";
import { uniform } from "../../../pipeline/backbone/formula.ts";
import {
  decodeKerasH5,
  isHdf5,
  isKerasZip,
} from "../../../pipeline/weights/formats/keras_h5.ts";
import { FormatError } from "../../../pipeline/errors.ts";
import {
  FIXTURES,
  HAS_SHARED,
  readFixture,
  readReference,
  readShared,
} from "../../support/fixtures.ts";

/** Blocks of each stage of ResNet-101. */
const BLOCKS = [3, 4, 23, 3];

/** Numbers of a tensor. */
function numbers({ dtype, data }: Tensor): number[] {
  const { buffer } = data.slice();
  switch (dtype) {
    case "F16":
      return [...new Float16Array(buffer)];
    case "F32":
      return [...new Float32Array(buffer)];
    case "F64":
      return [...new Float64Array(buffer)];
    case "I32":
      return [...new Int32Array(buffer)];
    case "I64":
      return [...new BigInt64Array(buffer)].map(Number);
    default:
      return [...data];
  }
}

/** Lines of `keras.txt`, which h5py's numbers are in, by file. */
const EXPECTED = Map.groupBy(
  (await Deno.readTextFile(new URL("weights/keras.txt", FIXTURES)))
    .trimEnd().split("\n").map((line) => line.split(" ")),
  ([file]) => file!,
);

Deno.test.each([...EXPECTED.keys()].map((file) => [file] as const))(
  "decodeKerasH5() reads %s as h5py does",
  async (file) => {
    const bytes = await readFixture(`weights/${file}`);
    const tensors = await decodeKerasH5(bytes, file);
    assertEquals(bytes.byteLength, 0);
    const lines = EXPECTED.get(file)!;
    assertEquals([...tensors.keys()], lines.map(([, name]) => name));
    for (const [, name, dtype, shape, ...values] of lines) {
      const tensor = tensors.get(name!)!;
      assertEquals(tensor.dtype, dtype);
      assertEquals(tensor.shape.join(), shape);
      assertEquals(numbers(tensor), values.map(Number));
    }
  },
);

/** Swaps the dimensions of a kernel from HWIO to OIHW. */
function toOihw({ shape, data }: Tensor): Float32Array {
  const [h, w, i, o] = shape as [number, number, number, number];
  const from = new Float32Array(data.slice().buffer);
  return Float32Array.from({ length: from.length }, (_, n) => {
    const [x, y] = [n % w, Math.floor(n / w) % h];
    const [c, k] = [Math.floor(n / (w * h)) % i, Math.floor(n / (w * h * i))];
    return from[((y * w + x) * i + c) * o + k]!;
  });
}

/** Names of the layers of ResNet-101: in Keras, in torchvision, in the formula. */
function* resnet101(): Generator<[keras: string, torch: string, key: string]> {
  yield ["conv1", "conv1", "stem"];
  for (const [s, count] of BLOCKS.entries()) {
    for (let unit = 0; unit < count; unit++) {
      for (let part = unit === 0 ? 0 : 1; part < 4; part++) {
        yield [
          `conv${s + 2}_block${unit + 1}_${part}`,
          `layer${s + 1}.${unit}.${part ? `conv${part}` : "downsample.0"}`,
          `s${s}u${unit}${part ? `c${part}` : "sc"}`,
        ];
      }
    }
  }
}

Deno.test({
  name: "decodeKerasH5() reads every weight of a ResNet-101",
  ignore: !HAS_SHARED,
  fn: async () => {
    const path = "keras_notop.h5";
    const bytes = await readShared(`reference/weights/${path}`);
    const tensors = await decodeKerasH5(bytes, path);
    const torch = await readReference("weights/torchvision.safetensors");
    const names: string[] = [];
    for (const [keras, torchName, key] of resnet101()) {
      const name = `${keras}_conv/kernel:0`;
      const kernel = tensors.get(name)!;
      const expected = torch.tensors.get(`${torchName}.weight`)!;
      assertEquals(
        kernel.shape,
        [2, 3, 1, 0].map((d) => expected.shape[d]),
        name,
      );
      const expectedNumbers = new Float32Array(expected.data.slice().buffer);
      assertEquals(toOihw(kernel), expectedNumbers, name);
      const out = kernel.shape[3]!;
      const gamma = key.endsWith("c3") ? [0.1, 0.3] : [0.6, 1];
      const vectors: [suffix: string, part: string, range: number[]][] = [
        ["conv/bias:0", "b", [-0.05, 0.05]],
        ["bn/gamma:0", "gamma", gamma],
        ["bn/beta:0", "beta", [-0.1, 0.1]],
        ["bn/moving_mean:0", "mean", [-0.1, 0.1]],
        ["bn/moving_variance:0", "var", [0.5, 1.5]],
      ];
      names.push(name);
      for (const [suffix, part, range] of vectors) {
        const [low, high] = range as [number, number];
        const vector = tensors.get(`${keras}_${suffix}`)!;
        assertEquals(vector.shape, [out]);
        const values = new Float32Array(vector.data.slice().buffer);
        assertEquals(values, uniform(`${key}/${part}`, out, [low, high]));
        names.push(`${keras}_${suffix}`);
      }
    }
    assertEquals([...tensors.keys()].toSorted(), names.toSorted());
    assertEquals([...tensors.keys()].slice(0, 2), [
      "conv1_conv/kernel:0",
      "conv1_conv/bias:0",
    ]);
    for (const { data } of tensors.values()) {
      assertEquals(data.buffer.byteLength, data.byteLength);
    }
  },
});

/** What must be said of a file of Keras 3. */
const CONVERT =
  'load it in Keras and write it with model.save("model.h5"), or in Keras 2 with model.save_weights("weights.h5")';

Deno.test("decodeKerasH5() throws if the file is of Keras 3", async () => {
  const bytes = await readFixture("weights/keras_keras3.h5");
  const error = await assertRejects(
    () => decodeKerasH5(bytes, "a.h5"),
    FormatError,
  );
  assertEquals(error.path, "a.h5");
  assertEquals(
    error.message,
    `Cannot read "a.h5" as Keras weights as they must be in the format of Keras 2: this is a file of Keras 3, ${CONVERT}`,
  );
});

/** Position of an ASCII text. */
function indexOf(bytes: Uint8Array, text: string): number {
  return new TextDecoder("latin1").decode(bytes).indexOf(text);
}

Deno.test("decodeKerasH5() throws if the file is HDF5 but not of Keras", async () => {
  const bytes = await readFixture("weights/keras_top.h5");
  // The name stands in the header of the root group.
  bytes.set(new TextEncoder().encode("l"), indexOf(bytes, "layer_names") + 4);
  await assertRejects(
    () => decodeKerasH5(bytes, "a.h5"),
    FormatError,
    'Cannot read "a.h5" as Keras weights as they must be listed in the attribute "layer_names": this is HDF5, but not of Keras',
  );
});

/** The first bytes of a zip archive whose first entry has a name. */
function zip(name: string): Uint8Array {
  const head = new Uint8Array(30 + name.length);
  head.set(new TextEncoder().encode("PK\x03\x04"));
  head.set(new TextEncoder().encode(name), 30);
  return head;
}

Deno.test("decodeKerasH5() throws if the file is no HDF5", async () => {
  await assertRejects(
    () => decodeKerasH5(zip("metadata.json"), "a.keras"),
    FormatError,
    `Cannot read "a.keras" as Keras weights as they must be HDF5: this is a .keras archive, ${CONVERT}`,
  );
  await assertRejects(
    () => decodeKerasH5(zip("data.pkl"), "a.h5"),
    FormatError,
    'Cannot read "a.h5" as Keras weights as they must be HDF5: its signature is not there',
  );
});

Deno.test("isKerasZip() tells .keras archives from others", () => {
  assert(isKerasZip(zip("metadata.json")));
  assert(isKerasZip(zip("model.weights.h5")));
  assert(!isKerasZip(zip("archive/data.pkl")));
  assert(!isKerasZip(new Uint8Array()));
});

Deno.test("isHdf5() finds the signature at the start, at 512 bytes and at powers of two after it", async () => {
  const bytes = await readFixture("weights/keras_top.h5");
  const at = (position: number) => {
    const head = new Uint8Array(position + 8);
    head.set(bytes.subarray(0, 8), position);
    return isHdf5(head);
  };
  assertEquals([0, 512, 1024, 4096].map(at), [true, true, true, true]);
  assertEquals([8, 256, 1536].map(at), [false, false, false]);
  assert(!isHdf5(bytes.subarray(0, 7)));
});
