/**
 * Compiles the kernels of the head from WebAssembly text, and writes their bytes
 * as a module of the project. With `--check` it writes nothing, and exits with 1
 * if the module differs from what it would write.
 *
 * Run it as `deno task kernels` after a change to a `.wat` file. It has its own
 * configuration because Deno downloads every package of the project's, whatever
 * task a user starts.
 *
 * @module
 */

// deno-lint-ignore-file no-console

import wabt from "wabt";

/** Folder of the kernels. */
const FOLDER = new URL("../../pipeline/head/", import.meta.url);

/** The module that is written. */
const MODULE = new URL("kernels_wasm.ts", FOLDER);

/** Compiles a file of WebAssembly text; returns the bytes in base64. */
async function compile(name: string): Promise<string> {
  const text = await Deno.readTextFile(new URL(name, FOLDER));
  const module = (await wabt()).parseWat(name, text);
  try {
    return module.toBinary({}).buffer.toBase64();
  } finally {
    module.destroy();
  }
}

/** Compiles the kernels; returns the text of the module that holds their bytes. */
async function compileKernels(): Promise<string> {
  return `/**
 * Compiled kernels in base64. \`deno task kernels\` writes this file.
 *
 * @module
 */

/** \`adam.wat\`. */
export const ADAM_WASM =
  "${await compile("adam.wat")}";

/** \`dropout.wat\`. */
export const DROPOUT_WASM =
  "${await compile("dropout.wat")}";
`;
}

const text = await compileKernels();
if (!Deno.args.includes("--check")) {
  await Deno.writeTextFile(MODULE, text);
} else if (await Deno.readTextFile(MODULE) !== text) {
  console.error(
    "pipeline/head/kernels_wasm.ts is not what the .wat files compile to: run `deno task kernels`",
  );
  Deno.exit(1);
}
