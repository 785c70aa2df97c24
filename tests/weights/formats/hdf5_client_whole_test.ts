import { assertEquals, assertRejects } from "@std/assert";
import { readHdf5 } from "../../../pipeline/weights/formats/hdf5_client.ts";
import { FormatError } from "../../../pipeline/errors.ts";
import { readFixture } from "../../support/fixtures.ts";

/** What every message starts with. */
const START = 'Cannot read "a.h5" as Keras weights as';

/** What a message about damage ends with. */
const DAMAGED = "so it is cut short or damaged";

/** Returns the message about a file that must be refused. */
async function refusal(bytes: Uint8Array): Promise<string> {
  const error = await assertRejects(
    () => readHdf5(bytes, "a.h5"),
    FormatError,
  );
  assertEquals(error.path, "a.h5");
  return error.message;
}

/** Position of an ASCII text. */
function indexOf(bytes: Uint8Array, text: string): number {
  return new TextDecoder("latin1").decode(bytes).indexOf(text);
}

/** A fixture, and where to change it. */
async function open(name: string) {
  const bytes = new Uint8Array(await readFixture(`weights/${name}`));
  return { bytes, view: new DataView(bytes.buffer) };
}

Deno.test("readHdf5() ends a library that runs in circles", async () => {
  const { bytes, view } = await open("keras_mixed.h5");
  // An object of a global heap with number 0, which is for free space.
  view.setUint16(indexOf(bytes, "GCOL") + 40, 0, true);
  assertEquals(
    await refusal(bytes),
    `${START} each piece of its structure must be read in 5000 ms: it takes longer, so it leads in circles, or this machine is too busy; try again, or get the file again`,
  );
});

Deno.test("readHdf5() reports where WebAssembly ends", async () => {
  const { bytes, view } = await open("keras_mixed.h5");
  // An object of a global heap without bytes.
  view.setBigUint64(indexOf(bytes, "GCOL") + 168, 0n, true);
  assertEquals(
    await refusal(bytes),
    `${START} it must be whole: HDF5 stops at "memory access out of bounds", ${DAMAGED}`,
  );
});

Deno.test("readHdf5() throws soon if a B-tree leads in circles", async () => {
  const { bytes, view } = await open("keras_top.h5");
  const tree = indexOf(bytes, "TREE");
  view.setUint8(tree + 5, 1);
  view.setBigUint64(tree + 32, BigInt(tree), true);
  assertEquals(
    await refusal(bytes),
    `${START} it must be whole: HDF5 stops at "H5B_find_helper(): cyclic B-tree detected", ${DAMAGED}`,
  );
});

Deno.test("readHdf5() throws soon if a list of names claims too much", async () => {
  const { bytes, view } = await open("keras_top.h5");
  const shape = indexOf(bytes, "layer_names") + 16 + 8;
  view.setBigUint64(shape + 8, 1n << 31n, true);
  assertEquals(
    await refusal(bytes),
    // The library lists no attribute that it cannot decode.
    `${START} they must be listed in the attribute "layer_names": this is HDF5, but not of Keras`,
  );
});

Deno.test("readHdf5() throws if weights are in another file", async () => {
  const { bytes } = await open("keras_hostile.h5");
  assertEquals(
    await refusal(bytes),
    `${START} it must be whole: HDF5 stops at "H5D__efl_read(): unable to open external raw data file", ${DAMAGED}`,
  );
});

Deno.test("readHdf5() throws if the file is cut short", async () => {
  const { bytes } = await open("keras_top.h5");
  const { length } = bytes;
  assertEquals(
    await refusal(bytes.slice(0, length - 1)),
    `${START} it must be whole: HDF5 stops at "H5F__super_read(): truncated file: eof = ${
      length - 1
    }, sblock->base_addr = 0, stored_eof = ${length}", ${DAMAGED}`,
  );
  for (const end of [0, 8, 100, 2000]) await refusal(bytes.slice(0, end));
});
