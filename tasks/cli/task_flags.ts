/**
 * The flags of every task, in the order of its `--help`.
 *
 * They stand in one table so that an error can say which task has a flag.
 */

import { EXPORT_FORMATS } from "../../pipeline/export/formats.ts";
import {
  CACHE_FLAG,
  COMMON_FLAGS,
  type Flag,
  flags,
  type FlagsByTask,
  PART_FLAG,
  RUN_FLAG,
  RUN_FLAGS,
  settingFlags,
  SHARE_FLAGS,
  STAGE_FLAGS,
  WORK_FLAG,
} from "./flags.ts";

const OPEN = { open: "Open the page in the browser" };
const TENSORBOARD = {
  tensorboard: "Also write event files for TensorBoard, beside the run",
};

const TEMPERATURE = {
  "temperature auto|none|N":
    "Divisor of the logits; auto: the one that eval fitted (auto)",
};
const ENGINE = {
  "engine ENGINE": "auto, webgpu, cpu or wasm (that of the run)",
};

/** The flags of each task, by its name. */
export const TASK_FLAGS: FlagsByTask = {
  prepare: [
    ...settingFlags("prepare"),
    ...flags({
      "config FILE": "JSON file with settings; flags override it",
      "native-jpeg":
        "Decode JPEGs by the system's libjpeg-turbo; needs --allow-ffi",
      index: "Index the photos, and write no tensors",
      ...SHARE_FLAGS,
    }),
  ],
  embed: [
    ...settingFlags("train").filter(({ setting }) =>
      setting === "engine" || setting === "precision"
    ),
    ...flags(SHARE_FLAGS),
  ],
  train: [
    ...settingFlags("train"),
    ...flags({ ...TENSORBOARD, ...STAGE_FLAGS }),
  ],
  eval: flags({
    "split SPLIT":
      "train, validation or test (test if there is one, else validation)",
    "no-report": "Skip heatmaps, findings and report.html",
    ...OPEN,
    ...TENSORBOARD,
    ...STAGE_FLAGS,
  }),
  predict: flags({
    "top-k N": "Number of most likely classes (5)",
    "threshold P": "Call a photo unsure below this probability (0)",
    ...TEMPERATURE,
    "heatmap DIR": "Write each photo with its heatmap",
    "sort DIR":
      "Copy each photo to a folder per class, which is no input; overwrites nothing",
    link: "With --sort: make links instead of copies",
    "path-column NAME": "Column of a list that holds paths (path or file_name)",
    ...ENGINE,
    ...PART_FLAG,
    csv: "Print CSV",
    json: "Print one JSON object per photo",
    ...RUN_FLAGS,
  }),
  serve: flags({
    "port N": "Port; 0 for any (8000)",
    "listen ADDRESS": "Address to listen on (127.0.0.1)",
    "hosts NAMES": "Host names to accept besides this machine's",
    "origins ORIGINS": "Origins of other pages that may send requests (none)",
    "token-file FILE": "File with the token that requests must carry (none)",
    "cert FILE": "Certificate for TLS, as PEM",
    "key FILE": "Key of the certificate, as PEM",
    "threshold P": "Call a photo unsure below this probability (0.5)",
    ...TEMPERATURE,
    "batch N": "Most photos per batch (the fastest)",
    "wait MS": "Milliseconds that a batch waits for more photos under load (5)",
    "queue N": "Most photos that wait; further requests get 429 (256)",
    "timeout S": "Most seconds per request (30)",
    "max-body MIB": "Most MiB per request body (64)",
    "max-pixels MP": "Most megapixels per photo (64)",
    ...ENGINE,
    ...CACHE_FLAG,
    ...WORK_FLAG,
    "run NAMES": "Names of the runs; the first is the default (default)",
    json: "Change nothing: the log is JSON already",
  }),
  export: flags({
    "format FORMAT": `One of ${EXPORT_FORMATS.join(", ")}`,
    "out DIR": "A new or empty folder, or an earlier export to replace",
    half: "Store weights in half precision, and measure what it costs",
    "float-nchw":
      "With onnx: input F32 [n, 3, H, W] of 0 to 255 instead of U8 [n, H, W, 3]",
    ...RUN_FLAGS,
  }),
  build: flags({
    "out FILE": "Path of the executable, or of the folder",
    "form auto|compiled|packed|folder":
      "by deno compile; Deno packed with it into one file; a folder; auto compiles if it can, else packs (auto)",
    "target TRIPLE": "The machine it is for (this one)",
    "deno FILE": "The Deno that is packed (the one that runs this)",
    ...RUN_FLAGS,
  }),
  compare: flags({
    "split SPLIT":
      "train, validation or test (that of the latest evaluation of each run)",
    ...OPEN,
    ...CACHE_FLAG,
    ...WORK_FLAG,
  }),
  demo: flags(WORK_FLAG),
  status: flags({
    watch: "Show how far the parts are, until Ctrl-C",
    verify: "Read every byte of every artifact",
    ...RUN_FLAGS,
  }),
  verify: flags({
    repair: "Remove what is damaged; the next run makes it again",
    ...WORK_FLAG,
    ...RUN_FLAG,
  }),
  clean: flags({ remove: "Remove what is listed", ...WORK_FLAG }),
  runs: flags(WORK_FLAG),
  simulate: flags({
    "photos N": "Number of photos (1000000)",
    "photo-size BYTES": "Mean size of a photo (150000)",
    "image-size PIXELS": "Side of an image (224)",
    "embedding-size N": "Numbers in an embedding (2048)",
    "shard-size N": "Photos per shard (256)",
    "parts N": "Parts of the array job (4 per worker)",
    "workers N": "Workers that run at the same time (10)",
    "decode-rate N": "Photos per second and worker, decoding (400)",
    "embed-rate N": "Photos per second and worker, embedding (6.9)",
    "seal-rate BYTES": "Bytes per second of a seal (300000000)",
    "start S": "Seconds from the start of a part to its work (20)",
    "spread X": "Spread of the workers' speeds, as a share (0.1)",
    "interruptions N": "Interruptions per worker and hour (0.05)",
    "notice S": "Seconds of notice before an interruption (20)",
    "requeue S": "Seconds until an interrupted part may start (60)",
    "retries N": "How often a part may start again (5)",
    "price X": "Price of a worker's hour (none)",
    "trials N": "Simulations, each with other random numbers (20)",
    "seed N": "Seed of the random numbers (0)",
  }),
  summary: flags(RUN_FLAGS),
  weights: flags(CACHE_FLAG),
  doctor: flags(WORK_FLAG),
};

/** Lists all flags of a task: its own, and those of every task that it has no words of its own for. */
export function flagsOf(task: string): Flag[] {
  const own = TASK_FLAGS[task] ?? [];
  const names = new Set(own.map(({ name }) => name));
  return [
    ...own,
    ...flags(COMMON_FLAGS).filter(({ name }) => !names.has(name)),
  ];
}
