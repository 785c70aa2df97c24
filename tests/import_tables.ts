/**
 * The tables of the import rules: what each folder of `pipeline/` may import and touch.
 *
 * @module
 */

import { STAGES } from "../pipeline/stages/stages.ts";

/** Folders of `pipeline/` whose modules turn bytes and numbers into others. */
export const PURE = [
  "artifact",
  "config",
  "dataset",
  "evidence",
  "findings",
  "image",
  "head",
  "metrics",
  "numeric",
  "report",
  "scaling",
];

/** Modules that touch the file system or the network though their folder is pure. */
export const EDGES = [
  "retry.ts",
  "artifact/disk.ts",
  "artifact/disk_pace.ts",
  "artifact/file_store.ts",
  "artifact/lock_file.ts",
  "artifact/lock_holder.ts",
  "artifact/read_file_sync.ts",
  "artifact/walk_folder.ts",
  "artifact/work_lock.ts",
  "artifact/write_content.ts",
  "image/native_jpeg.ts",
  "weights/cache.ts",
  "weights/download.ts",
  "weights/download_attempt.ts",
  "weights/download_http.ts",
  "weights/download_part.ts",
  "backends/cpu/runtime.ts",
  "s3/client.ts",
  "s3/lease.ts",
  "s3/list.ts",
  "s3/s3_store.ts",
  "s3/spool.ts",
  "s3/upload.ts",
  "s3/watch.ts",
  "serve/listen.ts",
  "serve/serve.ts",
  "serve/start_server.ts",
].map((name) => `pipeline/${name}`);

/** Folders that put everything else together: a run, its classifier, its exports. */
export const TOP = ["run", "classify", "export"];

/** What each of the other folders may import besides itself and errors. */
export const LOWER: Readonly<Record<string, readonly string[]>> = {
  "": [],
  workers: [],
  backbone: ["artifact", "image", "numeric"],
  s3: ["artifact"],
  weights: ["artifact", "backbone", "image", "workers"],
  onnx: ["artifact", "backbone", "head", "image", "numeric"],
  backends: [
    "artifact",
    "backbone",
    "head",
    "image",
    "numeric",
    "onnx",
    "workers",
  ],
  shards: [...PURE, "backbone", "backends"],
  // The application answers by what it is given; loading and watching runs is its business too.
  serve: [
    ...PURE,
    "backbone",
    "backends",
    "classify",
    "run",
    "stages",
    "workers",
  ],
};

/** The only way into the server: its packages load when it starts. */
export const SERVE = "pipeline/serve/serve.ts";

/** The page of the server, as text. */
export const SERVE_PAGE = "pipeline/serve/page/";

/** Packages of the server. */
export const SERVE_PACKAGE = /^(hono|@hono\/.*|prom-client)(\/|$)/;

/** The only module that loads onnxruntime: it turns the telemetry off before. */
export const RUNTIME = "pipeline/backends/cpu/runtime.ts";

/** The code of devices, which loads when a device is chosen. */
export const DEVICE = /^pipeline\/backends\/(cpu|tfjs|wasm|webgpu)\//;

/** What some folders may touch: devices ask for cores and the GPU, and a worker gets its messages by `globalThis` and its permissions from Deno. */
export const FOLDER_AMBIENT: Readonly<Record<string, readonly string[]>> = {
  backends: ["navigator"],
  workers: ["globalThis", "Deno"],
};

/** What only runs in workers of the HDF5 library: the library, which can hang, and its deadlines; and the writer of files. */
export const HDF5_WORKER =
  /\/(formats\/hdf5_(worker|file|deadline|sandbox)|export\/keras_worker)\.ts$/;

/** What that may touch. */
export const HDF5_AMBIENT = ["globalThis", "performance", "console"];

/** What keeps decoders quiet that print. */
export const QUIET = "pipeline/image/quiet.ts";

/** The functions for paths of this system, which Deno names. */
export const PATHS = "pipeline/path.ts";

/** The ways into the reader of weight files, and into the cache of those that were fetched. */
export const WEIGHTS = ["pipeline/weights/mod.ts", "pipeline/weights/cache.ts"];

/** Files of stages, which do not call each other; the other files of the folder help them. */
export const STAGE_FILES: ReadonlySet<string> = new Set(
  STAGES.map(({ name }) => `pipeline/stages/${name.replaceAll("-", "_")}.ts`),
);

/** Where the files are that make those of a stage: each loads when there is something to make. */
export const MAKE = "pipeline/stages/make/";

/** Constants and paths that start a task, beside what `mod.ts` exports. */
export const LAUNCH = [
  PATHS,
  "pipeline/s3/temporary_folder.ts",
  "pipeline/serve/limits.ts",
  "pipeline/weights/cache_directory.ts",
  "pipeline/workers/hosted.ts",
  "pipeline/workers/permissions.ts",
];
