import { assertEquals, assertThrows } from "@std/assert";
import type { Tensor } from "../../../pipeline/artifact/safetensors.ts";
import { toTensor } from "../../../pipeline/artifact/tensor.ts";
import {
  findNaming,
  NAMINGS,
  plainNames,
} from "../../../pipeline/weights/naming/find_naming.ts";
import type { Naming } from "../../../pipeline/weights/naming/naming.ts";
import { FormatError } from "../../../pipeline/errors.ts";

/** Tensors of these names. */
function tensorsOf(names: readonly string[]): Map<string, Tensor> {
  const tensor = toTensor(new Float32Array(1), [1]);
  return new Map(names.map((name) => [name, tensor]));
}

/** Names of the first two convolutions of a naming. */
function firstNames(naming: Naming, prefix = ""): string[] {
  const places = ["stem", { layer: 1, block: 0, part: 1 }] as const;
  return places.flatMap((place) => Object.values(naming.names(place)))
    .map((name) => prefix + name);
}

for (const naming of NAMINGS) {
  for (const prefix of ["", "module.", "resnet_v1_101/"]) {
    Deno.test(`findNaming() knows ${naming.name} after "${prefix}"`, () => {
      const tensors = tensorsOf(firstNames(naming, prefix));
      assertEquals(findNaming(tensors, "a"), { naming, prefix });
    });
  }
}

Deno.test("findNaming() finds nothing where the first block is missing", () => {
  const [torchvision] = NAMINGS;
  const names = firstNames(torchvision!).slice(0, 6);
  assertEquals(findNaming(tensorsOf(names), "a"), undefined);
});

Deno.test("findNaming() takes no letters of a name for a prefix", () => {
  const [torchvision] = NAMINGS;
  const names = firstNames(torchvision!, "my");
  assertEquals(findNaming(tensorsOf(names), "a"), undefined);
});

Deno.test("findNaming() refuses two networks in a file", () => {
  const [torchvision] = NAMINGS;
  const names = ["student.", "teacher."].flatMap((prefix) =>
    firstNames(torchvision!, prefix)
  );
  assertThrows(
    () => findNaming(tensorsOf(names), "two.pth"),
    FormatError,
    'Cannot use "two.pth" as weights as it must hold one network: there are several, under "student." and "teacher."',
  );
});

Deno.test("plainNames() takes off what TensorFlow puts after a name", () => {
  const tensors = tensorsOf([
    "a/kernel:0",
    "b/.ATTRIBUTES/VARIABLE_VALUE",
    "c:1",
  ]);
  assertEquals([...plainNames(tensors, "a").keys()], ["a/kernel", "b", "c:1"]);
});

Deno.test("plainNames() refuses a name that is there twice", () => {
  assertThrows(
    () => plainNames(tensorsOf(["a:0", "a"]), "a.h5"),
    FormatError,
    'Cannot use "a.h5" as weights as each tensor must be there once: "a" is there twice',
  );
});
