/** Making a head: training it, from a checkpoint if there is one. */

import { canonicalJson, type Json } from "../../artifact/canonical_json.ts";
import { describeFile } from "../../artifact/manifest.ts";
import { encodeArithmetic } from "../../backbone/arithmetic.ts";
import { encodeJsonLines } from "../../dataset/json_lines.ts";
import { heldOutSplit } from "../../dataset/split.ts";
import { FormatError } from "../../errors.ts";
import { decodeHead, encodeHead, HEAD_FILES } from "../../head/checkpoint.ts";
import {
  bestEpoch,
  encodeHistoryCsv,
  hasStopped,
  nameHeldOut,
} from "../../head/history.ts";
import { countParameters, type HeadShape } from "../../head/model.ts";
import { HeadTrainer } from "../../head/trainer.ts";
import { warnOfSpace } from "../../shards/space.ts";
import type { HeadOptions } from "../head_options.ts";
import { findLastEngine, findResumePoint } from "../head_resume.ts";
import type { Job, Made } from "../stage.ts";
import type { INPUTS } from "../head.ts";
import { HeadSaves } from "./head_saves.ts";

/** The job of making a head. */
type HeadJob = Job<typeof INPUTS, HeadOptions>;

/** Metadata of a head: everything besides its weights that a prediction depends on. */
async function headMetadata(
  { run, inputs: { index, calibration } }: HeadJob,
  engine: string,
): Promise<Record<string, string>> {
  const { preprocessing, backbone, config } = run;
  return {
    classes: JSON.stringify(index.classNames),
    preprocessing: canonicalJson(preprocessing as unknown as Json),
    backbone: backbone.digest!,
    variant: backbone.variant,
    engine,
    seed: String(config.seed),
    ...encodeArithmetic(await calibration?.readArithmetic() ?? {}),
  };
}

/** Trains to the last epoch, from a checkpoint if there is one. */
async function trainToEnd(job: HeadJob) {
  const { files, config, inputs: { index, embeddings }, emit } = job;
  const { epochs, patience, hidden, activation } = config;
  const stage = files.work.stage;
  const train = (await embeddings.loadSplit("train"))!;
  const heldOut = heldOutSplit(embeddings.manifest.counts);
  const validation = heldOut ? await embeddings.loadSplit(heldOut) : undefined;
  const lastEngine = await findLastEngine(job.store, files.work);
  const { openHead: open, name: engine } = await job.openCompute(lastEngine);
  const metadata = await headMetadata(job, engine);
  const classes = index.classNames.length;
  const shape: HeadShape = { inputs: train.size, hidden, classes, activation };
  // Two heads, and a checkpoint of weights and two moments, each there and half-written.
  await warnOfSpace(job, 4 * 10 * countParameters(shape));
  const resume = { shape, engine, epochs, context: job };
  const point = await findResumePoint(files, resume);
  const history = point?.history ?? [];
  let state = point?.state;
  const done = history.length;
  emit({ type: "start", stage, unit: "epochs", done, total: epochs });
  const data = { train, validation, open, state };
  const trainer = new HeadTrainer(shape, config, data);
  const step = state?.step ?? 0;
  await using saves = new HeadSaves(files, { shape, metadata, step });
  const read = async () => {
    const state = await trainer.state();
    job.checkDevices();
    return state;
  };
  try {
    while (history.length < epochs && !hasStopped(history, patience)) {
      if (job.signal.aborted) {
        if (saves.isBehind(history.at(-1)?.step ?? 0)) {
          await saves.save({ state: state ?? await read(), history });
        }
        // The error of a save that fails comes before that of the stop.
        await saves.settle();
        job.signal.throwIfAborted();
      }
      const record = await trainer.trainEpoch();
      history.push(record);
      const isBest = bestEpoch(history) === record.epoch;
      const isDue = saves.isDue(record.step);
      state = isDue ? await trainer.state() : undefined;
      const best = isBest
        ? state?.parameters ?? await trainer.parameters()
        : undefined;
      job.checkDevices();
      if (best) saves.keepBest(best, record.epoch);
      if (state) await saves.save({ state, history });
      emit({ type: "epoch", stage, record, epochs, heldOut });
    }
    state ??= await read();
    // The checkpoint may have come from another, shorter training: this stage lists its own.
    await saves.save({ state, history });
    await saves.settle();
    return { state, history, heldOut, shape, metadata };
  } finally {
    await trainer.dispose();
  }
}

/** Refuses best weights of another epoch, as another machine may leave them. */
function requireBest(found: number, wanted: number, path: string): void {
  if (found === wanted) return;
  throw new FormatError(
    `Cannot use "${path}" as it holds the weights of epoch ${found}, and epoch ${wanted} is the best`,
    { path },
  );
}

/** Makes the files of the stage that are missing. */
export async function makeHead(job: HeadJob): Promise<Made | undefined> {
  const { files, config: { patience } } = job;
  const trained = await trainToEnd(job);
  const { state, history, heldOut, shape, metadata } = trained;
  const best = bestEpoch(history);
  let { parameters } = state;
  let epoch = state.epoch;
  if (patience > 0) {
    const path = files.path(HEAD_FILES.best);
    const bytes = await files.read(HEAD_FILES.best);
    const kept = await decodeHead(bytes!, path);
    requireBest(Number(kept.metadata.epoch), best, path);
    ({ parameters } = kept);
    epoch = best;
  }
  const own = { ...metadata, epoch: String(epoch) };
  const head = await encodeHead({ shape, parameters, metadata: own });
  const named = history.map((record) => nameHeldOut(record, heldOut));
  const csv = await encodeHistoryCsv(history, heldOut);
  const described = [];
  for (const name of [HEAD_FILES.best, HEAD_FILES.checkpoint]) {
    described.push(await describeFile(name, (await files.read(name))!));
  }
  const contents = [
    [HEAD_FILES.head, head],
    [HEAD_FILES.history, encodeJsonLines(named)],
    [HEAD_FILES.table, new TextEncoder().encode(csv)],
  ] as const;
  for (const [name, content] of contents) {
    described.push(await files.write(name, content));
  }
  const counts = {
    epochs: history.length,
    steps: state.step,
    bestEpoch: best,
    keptEpoch: epoch,
  };
  return { files: described, counts };
}
