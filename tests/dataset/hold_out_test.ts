import { assertEquals, assertThrows } from "@std/assert";
import { resolveHoldOut } from "../../pipeline/dataset/hold_out.ts";
import type { Split } from "../../pipeline/dataset/split.ts";
import { DatasetError } from "../../pipeline/errors.ts";

/** The splits that a dataset gives. */
function given(...splits: (Split | undefined)[]) {
  return new Set(splits);
}

const NOTHING_SAID = { validation: null, test: null };

Deno.test.each<[(Split | undefined)[], number]>([
  [[undefined], 0.2],
  [["train"], 0.2],
  [["train", "test"], 0],
  [["train", "validation"], 0],
])(
  "resolveHoldOut() holds out by default when splits are %j: %s",
  (splits, validation) => {
    assertEquals(resolveHoldOut(given(...splits), NOTHING_SAID), {
      validation,
      test: 0,
    });
  },
);

Deno.test("resolveHoldOut() does what was asked", () => {
  assertEquals(
    resolveHoldOut(given("train", "test"), {
      validation: 0.1,
      test: null,
    }),
    { validation: 0.1, test: 0 },
  );
  assertEquals(
    resolveHoldOut(given(undefined), { validation: 0, test: 0.3 }),
    { validation: 0, test: 0.3 },
  );
  assertEquals(
    resolveHoldOut(given("train", "test"), { validation: null, test: 0 }),
    { validation: 0, test: 0 },
  );
});

Deno.test.each(["validation", "test"] as const)(
  "resolveHoldOut() throws when %s is asked for and there already",
  (split) => {
    assertThrows(
      () =>
        resolveHoldOut(given("train", split), {
          ...NOTHING_SAID,
          [split]: 0.25,
        }),
      DatasetError,
      `Cannot hold out 0.25 of the training images for ${split} as the dataset has a ${split} split of its own`,
    );
  },
);
