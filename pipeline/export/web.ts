/**
 * The format `web`: a page that classifies photos in the browser, in a folder that
 * any file host serves.
 *
 * It is the page of the server, with a worker in place of the server: the decoders
 * that the run was made with, and a LayersModel in tfjs, on WebGPU or WebAssembly.
 */

import { join } from "../path.ts";
import { sha256 } from "../artifact/digest.ts";
import type { Store } from "../artifact/store.ts";
import { FIRST_SCRIPT } from "../report/page/script.ts";
import { BASE_STYLE, PRINT_STYLE } from "../report/page/style_base.ts";
import { renderPage } from "../serve/page/page.ts";
import { INPUTS_SCRIPT } from "../serve/page/script_inputs.ts";
import { PARTS_SCRIPT } from "../serve/page/script_parts.ts";
import { RESULTS_SCRIPT } from "../serve/page/script_results.ts";
import { SERVE_STYLE } from "../serve/page/style.ts";
import type { ExportFacts, ExportFormat, ExportModel } from "./format.ts";
import { TFJS } from "./tfjs.ts";
import { LOCAL_SCRIPT } from "./web/local_script.ts";
import { type PageFile, renderServiceWorker } from "./web/service_worker.ts";

/** Name of the file that a browser opens. */
const FILE = "index.html";

/** Folder of the LayersModel. */
const MODEL = "model";

/** What the worker is made of; `deno task web` makes these files. */
const ASSETS = [
  "worker.js",
  "tfjs-backend-wasm.wasm",
  "tfjs-backend-wasm-simd.wasm",
  "libjpegturbowasm_decode.wasm",
  "png.wasm",
  "gif.wasm",
  "jpeg.wasm",
  "webp_dec.wasm",
  "avif_dec.wasm",
  "nsbmp.wasm",
];

/** Limits of the page; the decoders have limits too. */
const LIMITS = { bodyBytes: 64 * 2 ** 20, pixels: 178_956_970 };

/** Probability below which a photo is unsure, as on a server. */
const THRESHOLD = 0.5;

/** Where files go. */
type Folder = Pick<Store, "writeAtomic">;

/** What the page is told of the model, as a server tells it. */
function encodeFacts(facts: ExportFacts): string {
  const { run, classNames, preprocessing, metrics } = facts;
  const { top1, samples, intervals } = metrics;
  return JSON.stringify({
    run,
    classes: classNames,
    preprocessing,
    metrics: { top1, samples, intervals },
    hasReport: false,
    threshold: THRESHOLD,
    limits: LIMITS,
  });
}

/** The texts that the page is made of. */
function listTexts(facts: ExportFacts): [path: string, text: string][] {
  const script =
    `(() => {\n"use strict";\n${PARTS_SCRIPT}${RESULTS_SCRIPT}${INPUTS_SCRIPT}})();\n`;
  return [
    [FILE, renderPage({ standsAlone: true })],
    ["assets/page.css", BASE_STYLE + SERVE_STYLE + PRINT_STYLE],
    ["assets/first.js", FIRST_SCRIPT],
    ["assets/local.js", LOCAL_SCRIPT],
    ["assets/page.js", script],
    ["assets/model.json", encodeFacts(facts)],
  ];
}

/** Writes files to a folder, and notes what they are. */
function noteFiles(folder: Folder, files: PageFile[]): Folder {
  return {
    async writeAtomic(path, content) {
      const bytes = content as Uint8Array;
      const digest = Uint8Array.fromHex(await sha256(bytes));
      files.push({ path, integrity: digest.toBase64() });
      await folder.writeAtomic(path, bytes);
    },
  };
}

/** Writes the files, the service worker last: it knows the others. */
async function write(model: ExportModel, folder: Folder): Promise<void> {
  const { facts } = model;
  const files: PageFile[] = [];
  const noted = noteFiles(folder, files);
  await TFJS.write(model, {
    writeAtomic: (path, content) =>
      noted.writeAtomic(`${MODEL}/${path}`, content),
  });
  const encoder = new TextEncoder();
  for (const [path, text] of listTexts(facts)) {
    await noted.writeAtomic(path, encoder.encode(text));
  }
  for (const name of ASSETS) {
    const url = new URL(`./web/assets/${name}`, import.meta.url);
    await noted.writeAtomic(`assets/${name}`, await Deno.readFile(url));
  }
  const list = encoder.encode(JSON.stringify(files));
  const version = (await sha256(list)).slice(0, 16);
  const worker = renderServiceWorker(files, version);
  await folder.writeAtomic("service_worker.js", encoder.encode(worker));
}

/** How a person uses the page. */
function describeUse(): string {
  return `Put the folder on any host of files that has HTTPS, or try it on this machine:

\`\`\`sh
python3 -m http.server --directory .
\`\`\`

\`index.html\` classifies photos in the browser, on WebGPU where there is a GPU, else on
WebAssembly; \`?engine=wasm\` and \`?engine=webgpu\` choose. Photos leave the browser
nowhere. After the first visit it works without a network.

The page does not use \`golden.safetensors\`: remove it before you publish the folder if
the photos in it are private.

The page contains TensorFlow.js (Apache-2.0), libjpeg-turbo (BSD-3-Clause, IJG),
imagescript (MIT), libwebp (BSD-3-Clause), libavif (BSD-2-Clause), libheif (LGPL-3.0),
libnsbmp (MIT) and UTIF.js (MIT).`;
}

export const WEB: ExportFormat = {
  file: FILE,
  library: "tfjs",
  write,
  open: (folder, facts) => TFJS.open(join(folder, MODEL), facts),
  describeUse,
};
