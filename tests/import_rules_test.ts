import { assertEquals } from "@std/assert";
import { lines, module } from "./support/violations.ts";

Deno.test("findViolations() finds nothing when all is well", () => {
  const modules = [
    module("mod.ts", ["pipeline/run/prepare.ts"]),
    module("tasks/prepare.ts", ["tasks/cli/flags.ts", "@std/path"]),
    module("tasks/cli/flags.ts", ["cli-progress"], "Deno; console"),
    module("pipeline/errors.ts"),
    module("pipeline/artifact/file_store.ts", ["@std/path"], "Deno.open(x)"),
    module("pipeline/artifact/work_lock.ts", [
      "pipeline/artifact/file_store.ts",
    ]),
    module("pipeline/dataset/split.ts", [
      "pipeline/artifact/digest.ts",
      "pipeline/errors.ts",
      "zod",
    ], "crypto.subtle.digest(x)"),
    module("pipeline/backbone/spec.ts", [
      "pipeline/image/preprocessing.ts",
      "pipeline/artifact/tensor.ts",
    ]),
    module("pipeline/backends/wasm/embedder.ts", [
      "@tensorflow/tfjs",
      "pipeline/backbone/spec.ts",
      "pipeline/workers/client.ts",
    ], "navigator.hardwareConcurrency"),
    module("pipeline/workers/server.ts", [], "globalThis.onmessage"),
    module(
      "pipeline/weights/formats/hdf5_worker.ts",
      ["h5wasm", "pipeline/errors.ts"],
      "globalThis.onmessage",
    ),
    module("pipeline/stages/tensors.ts", [
      "pipeline/dataset/split.ts",
      "pipeline/backbone/spec.ts",
      "pipeline/shards/fill_shards.ts",
    ]),
    module("pipeline/run/workspace.ts", [
      "pipeline/artifact/file_store.ts",
      "pipeline/stages/tensors.ts",
    ], "Deno.stat(x)"),
  ];
  assertEquals(lines(...modules), []);
});

Deno.test.each([
  [
    "mod.ts",
    "tasks/cli/flags.ts",
    "mod.ts imports only pipeline/",
  ],
  [
    "tasks/train.ts",
    "mod.ts",
    "tasks take types of mod.ts: it loads all",
  ],
  [
    "tasks/train.ts",
    "pipeline/errors.ts",
    "tasks import only what mod.ts exports, each other, @std, cli-progress and string-width",
  ],
  [
    "tasks/train.ts",
    "zod",
    "tasks import only what mod.ts exports, each other, @std, cli-progress and string-width",
  ],
  [
    "pipeline/run/train.ts",
    "mod.ts",
    "pipeline/ imports nothing of the project outside of it",
  ],
  [
    "pipeline/metrics/top_k.ts",
    "tests/support/fixtures.ts",
    "pipeline/ imports nothing of the project outside of it",
  ],
  [
    "pipeline/dataset/split.ts",
    "pipeline/artifact/file_store.ts",
    "the file system is touched by run/ only",
  ],
  [
    "pipeline/stages/tensors.ts",
    "pipeline/artifact/work_lock.ts",
    "the file system is touched by run/ only",
  ],
  [
    "pipeline/stages/tensors.ts",
    "pipeline/run/events.ts",
    "stages know nothing of run/",
  ],
  [
    "pipeline/image/resize.ts",
    "pipeline/stages/events.ts",
    "image/ imports only artifact, config, dataset, evidence, findings, image, head, metrics, numeric, report, scaling",
  ],
  [
    "pipeline/backbone/spec.ts",
    "pipeline/config/settings.ts",
    "backbone/ imports only backbone, artifact, image, numeric",
  ],
  [
    "pipeline/backbone/spec.ts",
    "@tensorflow/tfjs-backend-wasm",
    "only the devices of backends/ import tfjs",
  ],
  [
    "pipeline/backends/cpu/head.ts",
    "onnxruntime-node",
    "only pipeline/backends/cpu/runtime.ts loads onnxruntime, by import()",
  ],
  [
    "pipeline/backends/cpu/runtime.ts",
    "onnxruntime-node",
    "only pipeline/backends/cpu/runtime.ts loads onnxruntime, by import()",
  ],
  [
    "pipeline/workflow/train.ts",
    "pipeline/backends/cpu/head.ts",
    "a device loads when backends/open_backend.ts chooses it",
  ],
  [
    "pipeline/weights/formats/keras_h5.ts",
    "h5wasm",
    "only the HDF5 worker imports what can hang",
  ],
  [
    "pipeline/run/run.ts",
    "hono",
    "only serve/ imports the packages of the server",
  ],
  [
    "pipeline/run/run.ts",
    "pipeline/serve/serve.ts",
    "the server uses the others, none of them uses it",
  ],
  [
    "pipeline/serve/serve.ts",
    "pipeline/serve/start_server.ts",
    "the server loads by import() when it is started",
  ],
  [
    "mod.ts",
    "pipeline/serve/start_server.ts",
    "the server is started through pipeline/serve/serve.ts alone",
  ],
  [
    "pipeline/errors.ts",
    "pipeline/artifact/tensor.ts",
    "pipeline/ imports only files beside it",
  ],
])("findViolations() finds that %s imports %s", (from, to, rule) => {
  assertEquals(lines(module(from, [to])), [`${from}: ${rule}: ${to}`]);
});

Deno.test("findViolations() finds functions that a stage takes from another", () => {
  const other = "pipeline/stages/tensors.ts";
  const source = (clause: string) => `${clause} from "${other}";\n`;
  const clauses = [
    "import type { Rejected, x }",
    "import { type Rejected, TENSORS }",
    "import {\n  TENSORS,\n  writeTensors,\n}",
    "export { planTensors }",
    "import * as tensors",
  ];
  const stage = (path: string) =>
    module(path, [other], clauses.map(source).join(""));
  const rule = "a stage takes types and constants of another, no functions";
  const file = "pipeline/stages/dataset_index.ts";
  assertEquals(lines(stage(file)), [
    `${file}: ${rule}: writeTensors of ${other}`,
    `${file}: ${rule}: planTensors of ${other}`,
    `${file}: ${rule}: * of ${other}`,
  ]);
  assertEquals(lines(stage("pipeline/stages/head_resume.ts")), []);
});

Deno.test("findViolations() lets one module load onnxruntime later, and all have its types", () => {
  const of = (path: string, loads: "later" | "never") => {
    const specifier = "onnxruntime-node";
    const imports = [{ specifier, target: specifier, loads }];
    return { path, source: "", imports };
  };
  const [runtime, head] = ["runtime", "head"]
    .map((name) => `pipeline/backends/cpu/${name}.ts`) as [string, string];
  assertEquals(lines(of(runtime, "later"), of(head, "never")), []);
  assertEquals(lines(of(head, "later")).length, 1);
});

Deno.test("findViolations() finds modules that import each other", () => {
  const [a, b, c] = ["a", "b", "c"].map((n) => `pipeline/run/${n}.ts`) as [
    string,
    string,
    string,
  ];
  assertEquals(lines(module(a, [b]), module(b, [c]), module(c, [a])), [
    `${a}: no cycles: ${a} -> ${b} -> ${c} -> ${a}`,
  ]);
  assertEquals(lines(module(a, [a])), [`${a}: no cycles: ${a} -> ${a}`]);
  assertEquals(lines(module(a, [b, c]), module(b, [c]), module(c)), []);
});

Deno.test("findViolations() finds pure folders that import each other", () => {
  const modules = [
    module("pipeline/image/a.ts", ["pipeline/dataset/a.ts"]),
    module("pipeline/dataset/b.ts", ["pipeline/image/b.ts"]),
  ];
  assertEquals(lines(...modules), [
    "image: no cycles: image -> dataset -> image",
  ]);
});

Deno.test("findViolations() finds files that are too long", () => {
  const [fits, long] = [250, 251].map((count) => "x\n".repeat(count));
  assertEquals(lines(module("tasks/train.ts", [], fits)), []);
  assertEquals(lines(module("tasks/train.ts", [], long)), [
    "tasks/train.ts: at most 250 lines: it has 251",
  ]);
});
