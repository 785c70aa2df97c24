/**
 * Embedding on WebGPU, beside onnxruntime-web on the same adapter, each at the
 * batch it likes best.
 *
 * @module
 */

import { format } from "@std/fmt/bytes";
import { formulaBackbone } from "../../backbone/support.ts";
import { compareRounds, type Row } from "../bench_row.ts";
import { countWebgpu } from "../count_webgpu.ts";
import { denoProgram, type Program, startChild } from "../child.ts";
import { type BenchCase, type BenchContext, SkipError } from "../context.ts";
import { type Entrant, Field } from "../field.ts";
import { writeWeights } from "../network.ts";
import { pythonProgram } from "../python.ts";
import { compareEmbeddings } from "./agreement.ts";
import { sharesOfPeak } from "./shares.ts";

/** What an adapter is given. */
interface Load {
  /** Batches that are tried. */
  batches: readonly number[];
  /** Images of a run. */
  count: number;
}

/** A software adapter takes seconds an image. */
const SOFTWARE: Load = { batches: [1, 4], count: 4 };

/** What keeps a GPU busy. */
const HARDWARE: Load = { batches: [4, 16, 32], count: 256 };

/** A program at the batch it likes best. */
interface Favourite {
  /** The program. */
  program: Program;
  /** Images a batch. */
  batch: number;
}

/** Runs a program warm at each batch, and takes the fastest. */
async function findFavourite(
  { batches, count }: Load,
  programFor: (batch: number) => Program,
): Promise<Favourite> {
  let best: (Favourite & { seconds: number }) | undefined;
  for (const batch of batches) {
    const program = programFor(batch);
    await using child = await startChild(program);
    await child.ask({ count: batch });
    const { seconds } = await child.ask({ count });
    if (best && best.seconds <= seconds) continue;
    best = { program, batch, seconds };
  }
  return best!;
}

/** Counts what a batch asks of the GPU, by both views of its images. */
async function countBatch(context: BenchContext, batch: number): Promise<Row> {
  const { width, imageSize } = context;
  const backbone = formulaBackbone("torchvision", { width, imageSize });
  const { dispatches, submits, bytesUp, bytesDown } = await countWebgpu(
    backbone,
    { batchSize: batch, views: ["plain", "flipped"] },
  );
  const [up, down] = [bytesUp, bytesDown].map((bytes) => format(bytes));
  return compareRounds("webgpu dispatches a batch", {
    ours: [dispatches],
    unit: "",
    note:
      `${batch} embeddings, both views; ${submits} submits, ${up} up, ${down} down`,
  });
}

/** Measures. */
async function run(context: BenchContext): Promise<Row[]> {
  const adapter = await navigator.gpu?.requestAdapter();
  if (!adapter) throw new SkipError("there is no WebGPU adapter");
  const { description, device, isFallbackAdapter } = adapter.info;
  const load = isFallbackAdapter ? SOFTWARE : HARDWARE;
  const weights = await writeWeights(context);
  const network = [weights, `${context.imageSize}`];
  const batches: Record<string, number> = {};
  const entrant = (
    name: string,
    programFor: (batch: number) => Program,
  ): Entrant => ({
    count: load.count,
    async program() {
      const { program, batch } = await findFavourite(load, programFor);
      batches[name] = batch;
      return program;
    },
  });
  const entrants: Record<string, Entrant> = {
    webgpu: entrant(
      "webgpu",
      (batch) =>
        denoProgram("runners/engine.ts", ["webgpu", ...network, `${batch}`]),
    ),
    "onnxruntime-web": entrant(
      "onnxruntime-web",
      (batch) => denoProgram("peers/onnx_web_gpu.ts", [...network, `${batch}`]),
    ),
  };
  const reference: Record<string, Entrant> = {
    PyTorch: {
      count: 1,
      program: () =>
        pythonProgram("peers/torch_backbone.py", ["torch", "torchvision"], [
          ...network,
          "1",
          `${context.cores}`,
        ]),
    },
  };
  await using field = new Field();
  await field.compete(await field.start(entrants, context), context);
  await field.start(reference, context);
  return [
    field.compare("webgpu engine / onnxruntime-web webgpu", [
      "webgpu",
      "onnxruntime-web",
    ], {
      unit: "images/s",
      target: { kind: "least", value: 1 },
      note: `${description || device}; batches of ${
        Object.values(batches).join(" and ")
      }`,
    }),
    await countBatch(context, batches.webgpu!),
    ...await sharesOfPeak(field, ["webgpu"], context),
    ...await compareEmbeddings(field, ["webgpu"], "PyTorch"),
  ];
}

/** The case. */
export const WEBGPU: BenchCase = {
  name: "webgpu",
  summary: "webgpu beside onnxruntime-web on the same adapter",
  run,
};
