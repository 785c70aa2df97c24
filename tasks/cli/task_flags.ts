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
  flag,
  type FlagsByTask,
  PART_FLAG,
  RUN_FLAG,
  RUN_FLAGS,
  settingFlags,
  SHARE_FLAGS,
  STAGE_FLAGS,
  WORK_FLAG,
} from "./flags.ts";

const OPEN = flag("open", "", "Open the page in the browser");
const TENSORBOARD = flag(
  "tensorboard",
  "",
  "Also write event files for TensorBoard, beside the run",
);

const TEMPERATURE = flag(
  "temperature",
  "auto|none|N",
  "Divisor of the logits; auto: the one that eval fitted (auto)",
);
const ENGINE = flag(
  "engine",
  "ENGINE",
  "auto, webgpu, cpu or wasm (that of the run)",
);

/** The flags of each task, by its name. */
export const TASK_FLAGS: FlagsByTask = {
  prepare: [
    ...settingFlags("prepare"),
    flag("config", "FILE", "JSON file with settings; flags override it"),
    flag(
      "native-jpeg",
      "",
      "Decode JPEGs by the system's libjpeg-turbo; needs --allow-ffi",
    ),
    flag("index", "", "Index the photos, and write no tensors"),
    ...SHARE_FLAGS,
  ],
  embed: [
    ...settingFlags("train").filter(({ setting }) =>
      setting === "engine" || setting === "precision"
    ),
    ...SHARE_FLAGS,
  ],
  train: [
    ...settingFlags("train"),
    TENSORBOARD,
    ...STAGE_FLAGS,
  ],
  eval: [
    flag(
      "split",
      "SPLIT",
      "train, validation or test (test if there is one, else validation)",
    ),
    {
      ...flag("report", "", "Skip heatmaps, findings and report.html"),
      isOn: true,
    },
    OPEN,
    TENSORBOARD,
    ...STAGE_FLAGS,
  ],
  predict: [
    flag("top-k", "N", "Number of most likely classes (5)"),
    flag("threshold", "P", "Call a photo unsure below this probability (0)"),
    TEMPERATURE,
    flag("heatmap", "DIR", "Write each photo with its heatmap"),
    flag(
      "sort",
      "DIR",
      "Copy each photo to a folder per class, which is no input; overwrites nothing",
    ),
    flag("link", "", "With --sort: make links instead of copies"),
    flag(
      "path-column",
      "NAME",
      "Column of a list that holds paths (path or file_name)",
    ),
    ENGINE,
    PART_FLAG,
    flag("csv", "", "Print CSV"),
    flag("json", "", "Print one JSON object per photo"),
    ...RUN_FLAGS,
  ],
  serve: [
    flag("port", "N", "Port; 0 for any (8000)"),
    flag("listen", "ADDRESS", "Address to listen on (127.0.0.1)"),
    flag("hosts", "NAMES", "Host names to accept besides this machine's"),
    flag(
      "origins",
      "ORIGINS",
      "Origins of other pages that may send requests (none)",
    ),
    flag(
      "token-file",
      "FILE",
      "File with the token that requests must carry (none)",
    ),
    flag("cert", "FILE", "Certificate for TLS, as PEM"),
    flag("key", "FILE", "Key of the certificate, as PEM"),
    flag("threshold", "P", "Call a photo unsure below this probability (0.5)"),
    TEMPERATURE,
    flag("batch", "N", "Most photos per batch (the fastest)"),
    flag(
      "wait",
      "MS",
      "Milliseconds that a batch waits for more photos under load (5)",
    ),
    flag(
      "queue",
      "N",
      "Most photos that wait; further requests get 429 (256)",
    ),
    flag("timeout", "S", "Most seconds per request (30)"),
    flag("max-body", "MIB", "Most MiB per request body (64)"),
    flag("max-pixels", "MP", "Most megapixels per photo (64)"),
    ENGINE,
    CACHE_FLAG,
    WORK_FLAG,
    flag(
      "run",
      "NAMES",
      "Names of the runs; the first is the default (default)",
    ),
    flag("json", "", "Change nothing: the log is JSON already"),
  ],
  export: [
    flag("format", "FORMAT", `One of ${EXPORT_FORMATS.join(", ")}`),
    flag(
      "out",
      "DIR",
      "A new or empty folder, or an earlier export to replace",
    ),
    flag(
      "half",
      "",
      "Store weights in half precision, and measure what it costs",
    ),
    flag(
      "float-nchw",
      "",
      "With onnx: input F32 [n, 3, H, W] of 0 to 255 instead of U8 [n, H, W, 3]",
    ),
    ...RUN_FLAGS,
  ],
  build: [
    flag("out", "FILE", "Path of the executable, or of the folder"),
    flag(
      "form",
      "auto|compiled|packed|folder",
      "by deno compile; Deno packed with it into one file; a folder; auto compiles if it can, else packs (auto)",
    ),
    flag("target", "TRIPLE", "The machine it is for (this one)"),
    flag("deno", "FILE", "The Deno that is packed (the one that runs this)"),
    ...RUN_FLAGS,
  ],
  compare: [
    flag(
      "split",
      "SPLIT",
      "train, validation or test (that of the latest evaluation of each run)",
    ),
    OPEN,
    CACHE_FLAG,
    WORK_FLAG,
  ],
  demo: [WORK_FLAG],
  status: [
    flag("watch", "", "Show how far the parts are, until Ctrl-C"),
    flag("verify", "", "Read every byte of every artifact"),
    ...RUN_FLAGS,
  ],
  verify: [
    flag("repair", "", "Remove what is damaged; the next run makes it again"),
    WORK_FLAG,
    RUN_FLAG,
  ],
  clean: [flag("remove", "", "Remove what is listed"), WORK_FLAG],
  runs: [WORK_FLAG],
  simulate: [
    flag("photos", "N", "Number of photos (1000000)"),
    flag("photo-size", "BYTES", "Mean size of a photo (150000)"),
    flag("image-size", "PIXELS", "Side of an image (224)"),
    flag("embedding-size", "N", "Numbers in an embedding (2048)"),
    flag("shard-size", "N", "Photos per shard (256)"),
    flag("parts", "N", "Parts of the array job (4 per worker)"),
    flag("workers", "N", "Workers that run at the same time (10)"),
    flag("decode-rate", "N", "Photos per second and worker, decoding (400)"),
    flag("embed-rate", "N", "Photos per second and worker, embedding (6.9)"),
    flag("seal-rate", "BYTES", "Bytes per second of a seal (300000000)"),
    flag("start", "S", "Seconds from the start of a part to its work (20)"),
    flag("spread", "X", "Spread of the workers' speeds, as a share (0.1)"),
    flag("interruptions", "N", "Interruptions per worker and hour (0.05)"),
    flag("notice", "S", "Seconds of notice before an interruption (20)"),
    flag("requeue", "S", "Seconds until an interrupted part may start (60)"),
    flag("retries", "N", "How often a part may start again (5)"),
    flag("price", "X", "Price of a worker's hour (none)"),
    flag("trials", "N", "Simulations, each with other random numbers (20)"),
    flag("seed", "N", "Seed of the random numbers (0)"),
  ],
  summary: RUN_FLAGS,
  weights: [CACHE_FLAG],
  doctor: [WORK_FLAG],
};

/** Lists all flags of a task: its own, and those of every task that it has no words of its own for. */
export function flagsOf(task: string): Flag[] {
  const flags = TASK_FLAGS[task] ?? [];
  const own = new Set(flags.map(({ name }) => name));
  return [...flags, ...COMMON_FLAGS.filter(({ name }) => !own.has(name))];
}
