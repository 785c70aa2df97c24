/**
 * Damaged Keras files: they decode or are refused, soon and in little memory.
 *
 * @module
 */

import { assert, assertLess } from "@std/assert";
import { runSource } from "../../support/run_source.ts";
import { type Fuzzed, MUTATIONS } from "./keras_h5_fuzz.ts";

/** Most memory that all copies may take in the end, in bytes: 30 to 41 MB were seen, and 330 to 340 where no worker was ended. */
const MAX_GROWTH_BYTES = 120e6;

/** The module that damages files. */
const MODULE = new URL("keras_h5_fuzz.ts", import.meta.url);

Deno.test.each([
  ["keras_top.h5", 1],
  ["keras_model.h5", 2],
  ["keras_mixed.h5", 3],
  ["keras_latest.h5", 4],
])(
  "decodeKerasH5() decodes or throws FormatError if %s is damaged",
  async (file, seed) => {
    const { refused, growthBytes } = await runSource(`
      import { fuzzKerasH5 } from "${MODULE}";
      console.log(JSON.stringify(await fuzzKerasH5("${file}", ${seed})));
      // A worker that nobody has ended would keep it running.
      Deno.exit();
    `) as Fuzzed;
    // Not always all: some damage is in numbers, and nobody can tell.
    assert(refused > MUTATIONS / 4, `${refused} refused`);
    assertLess(growthBytes, MAX_GROWTH_BYTES);
  },
);
