/**
 * Bundles the worker of the `web` export, and copies the WebAssembly that it loads.
 *
 * The results are kept with the project, so that an export needs neither a bundler
 * nor a network; `--check` makes sure that they are what this program makes.
 *
 * @module
 */

// deno-lint-ignore-file no-console

import { createRequire } from "node:module";
import { dirname, fromFileUrl, join } from "@std/path";

/** Where the results are kept. */
const ASSETS = fromFileUrl(
  new URL("../pipeline/export/web/assets/", import.meta.url),
);

const require = createRequire(import.meta.url);

/** Folder of a package, by one of its modules. */
const folderOf = (module: string) => dirname(require.resolve(module));

/** WebAssembly that is copied, by the folder that it is in. */
const WASM: readonly [folder: string, names: readonly string[]][] = [
  [folderOf("@tensorflow/tfjs-backend-wasm"), [
    "tfjs-backend-wasm.wasm",
    "tfjs-backend-wasm-simd.wasm",
  ]],
  [
    folderOf("@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs"),
    ["libjpegturbowasm_decode.wasm"],
  ],
  [join(folderOf("imagescript/wasm/node/png.js"), "../any"), [
    "png.wasm",
    "gif.wasm",
    "jpeg.wasm",
  ]],
  [join(folderOf("@jsquash/webp/decode.js"), "codec/dec"), ["webp_dec.wasm"]],
  [join(folderOf("@jsquash/avif/decode.js"), "codec/dec"), ["avif_dec.wasm"]],
  [folderOf("@cwasm/nsbmp"), ["nsbmp.wasm"]],
];

/** Bundles the worker. */
async function bundle(): Promise<Uint8Array> {
  const { code, stdout, stderr } = await new Deno.Command("deno", {
    args: [
      "bundle",
      "--quiet",
      "--platform=browser",
      "--minify",
      fromFileUrl(new URL("worker.ts", import.meta.url)),
    ],
    env: { NO_COLOR: "1" },
  }).output();
  if (code === 0) return stdout;
  throw new Error(new TextDecoder().decode(stderr));
}

const files = new Map([["worker.js", await bundle()]]);
for (const [folder, names] of WASM) {
  for (const name of names) {
    files.set(name, await Deno.readFile(join(folder, name)));
  }
}
for (const [name, bytes] of files) {
  const path = join(ASSETS, name);
  if (!Deno.args.includes("--check")) {
    await Deno.writeFile(path, bytes);
    continue;
  }
  const kept = await Deno.readFile(path);
  if (kept.length === bytes.length && kept.every((b, i) => b === bytes[i])) {
    continue;
  }
  console.error(`${path} is not what deno task web makes`);
  Deno.exitCode = 1;
}
