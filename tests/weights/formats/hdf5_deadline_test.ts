import { assertEquals, assertThrows } from "@std/assert";
import { Hdf5Deadline } from "../../../pipeline/weights/formats/hdf5_deadline.ts";
import { Hdf5Refusal } from "../../../pipeline/weights/formats/hdf5_limits.ts";

/** A module that exports `f`, which runs in circles: `(func (export "f") (loop (br 0)))`. */
const LOOP = Uint8Array.fromHex(
  "0061736d010000000104016000000302010007050101660000" +
    "0a0901070003400c000b0b",
);

/** What a message ends with. */
const END =
  "it takes longer, so it leads in circles, or this machine is too busy; try again, or get the file again";

Deno.test("Hdf5Deadline returns what the work returns, and throws what it throws", () => {
  const deadline = new Hdf5Deadline("a", 60_000);
  assertEquals(deadline.run(60_000, () => [1, 2]), [1, 2]);
  const error = new Hdf5Refusal("b");
  const fail = () => {
    throw error;
  };
  assertEquals(assertThrows(() => deadline.run(60_000, fail)), error);
});

Deno.test("Hdf5Deadline stops JavaScript and WebAssembly that run in circles", () => {
  const { f } = new WebAssembly.Instance(new WebAssembly.Module(LOOP)).exports;
  const works = [f as () => void, () => {
    for (;;);
  }];
  for (const work of works) {
    assertThrows(
      () => new Hdf5Deadline("its structure", 60_000).run(20, work),
      Hdf5Refusal,
      `each piece of its structure must be read in 20 ms: ${END}`,
    );
  }
});

Deno.test("Hdf5Deadline stops work that is done too late", () => {
  const work = () => {
    const start = performance.now();
    while (performance.now() < start + 30);
  };
  assertThrows(
    () => new Hdf5Deadline("its structure", 60_000).run(20, work),
    Hdf5Refusal,
    `each piece of its structure must be read in 20 ms: ${END}`,
  );
});

Deno.test("Hdf5Deadline stops the piece at which the time of all is over", () => {
  const deadline = new Hdf5Deadline("its structure", 30);
  const work = () => {
    const start = performance.now();
    while (performance.now() < start + 10);
  };
  assertThrows(
    () => {
      for (;;) deadline.run(60_000, work);
    },
    Hdf5Refusal,
    `its structure must be read in 30 ms: ${END}`,
  );
});
