/**
 * Head stage: embeddings in, a trained head out.
 *
 * After every epoch it writes `best.safetensors` if the epoch was the best, then
 * `checkpoint.safetensors`; at the end `head.safetensors`, `history.jsonl` and
 * `history.csv`. It goes on from its checkpoint, or from that of another training of
 * the same course that is not as far.
 */

import type { Artifact } from "../artifact/artifact.ts";
import { canonicalJson, type Json } from "../artifact/canonical_json.ts";
import { describeFile } from "../artifact/manifest.ts";
import { encodeArithmetic } from "../backbone/arithmetic.ts";
import type { Config } from "../config/config_type.ts";
import { decodeJsonLines, encodeJsonLines } from "../dataset/json_lines.ts";
import { heldOutSplit } from "../dataset/split.ts";
import { ConfigError } from "../errors.ts";
import {
  decodeHead,
  encodeCheckpoint,
  encodeHead,
  HEAD_FILES,
  type SavedHead,
} from "../head/checkpoint.ts";
import {
  bestEpoch,
  encodeHistoryCsv,
  hasStopped,
  nameHeldOut,
  readHeldOut,
} from "../head/history.ts";
import { countParameters, type HeadShape } from "../head/model.ts";
import { type EpochRecord, HeadTrainer } from "../head/trainer.ts";
import { warnOfSpace } from "../shards/space.ts";
import { CALIBRATION } from "./calibration.ts";
import { DATASET_INDEX } from "./dataset_index.ts";
import { EMBEDDINGS } from "./embeddings.ts";
import { type HeadOptions, headOptions } from "./head_options.ts";
import { encodeWork, findLastEngine, findResumePoint } from "./head_resume.ts";
import { defineStage, type Job, optional, type Stage } from "./stage.ts";

const INPUTS = {
  index: DATASET_INDEX,
  embeddings: EMBEDDINGS,
  calibration: optional(CALIBRATION),
};

/** The job of making a head. */
type HeadJob = Job<typeof INPUTS, HeadOptions>;

/**
 * Checks that a run can stop early.
 *
 * @throws {ConfigError} If it is to, and has nothing to be judged by.
 */
export function checkPatience(
  { patience }: Config,
  counts: Readonly<Record<string, number>>,
): void {
  if (patience === 0 || heldOutSplit(counts) === "validation") return;
  throw new ConfigError(
    `Cannot use setting "patience" as it needs a validation split: the run has none`,
    "patience",
  );
}

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
  const saved = { ...metadata, work: encodeWork(files.work) };
  try {
    while (history.length < epochs && !hasStopped(history, patience)) {
      job.signal.throwIfAborted();
      const record = await trainer.trainEpoch();
      history.push(record);
      state = await trainer.state();
      job.checkDevices();
      const { parameters } = state;
      if (bestEpoch(history) === record.epoch) {
        const own = { ...metadata, epoch: String(record.epoch) };
        const best = await encodeHead({ shape, parameters, metadata: own });
        await files.write(HEAD_FILES.best, best);
      }
      const checkpoint = { state, history };
      const bytes = await encodeCheckpoint(shape, checkpoint, saved);
      await files.write(HEAD_FILES.checkpoint, bytes);
      emit({ type: "epoch", stage, record, epochs, heldOut });
    }
    return { state: state!, history, heldOut, shape, metadata, saved };
  } finally {
    await trainer.dispose();
  }
}

/** A head that is trained to its end. */
export interface TrainedHead {
  /** The engine that trained it. */
  engine: string;
  /** Numbers of every epoch. */
  history: EpochRecord[];
  /** The epoch with the lowest validation loss, from 1; the last if none was validated. */
  bestEpoch: number;
  /** The epoch whose weights are kept: the best with `patience`, else the last. */
  keptEpoch: number;
  /** Reads its weights. */
  readHead(): Promise<SavedHead>;
}

async function openHead(artifact: Artifact): Promise<TrainedHead> {
  const read = async (name: string) => {
    const path = artifact.files.path(name);
    return { bytes: await artifact.read(name), path };
  };
  const lines = await read(HEAD_FILES.history);
  const history = decodeJsonLines<EpochRecord>(lines.bytes, lines.path)
    .map(readHeldOut);
  const header = await artifact.files.readHeader(HEAD_FILES.head);
  const { engine = "", epoch } = header?.metadata ?? {};
  return {
    engine,
    history,
    bestEpoch: bestEpoch(history),
    keptEpoch: Number(epoch ?? history.length),
    async readHead() {
      const { bytes, path } = await read(HEAD_FILES.head);
      return await decodeHead(bytes, path);
    },
  };
}

/** The stage. */
export const HEAD: Stage<"head", TrainedHead> = defineStage({
  name: "head",
  version: 2,
  task: "train",
  inputs: INPUTS,
  config({ run: { config }, inputs: { embeddings } }) {
    const { manifest } = embeddings;
    if (manifest) checkPatience(config, manifest.counts);
    return headOptions(config);
  },
  digests: ({ inputs: { embeddings } }) => ({
    embeddings: embeddings.files.fingerprint,
  }),
  async make(job) {
    const { files, config: { patience } } = job;
    const trained = await trainToEnd(job);
    const { state, history, heldOut, shape, metadata, saved } = trained;
    const best = bestEpoch(history);
    let { parameters } = state;
    let epoch = state.epoch;
    if (patience > 0) {
      const path = files.path(HEAD_FILES.best);
      const bytes = await files.read(HEAD_FILES.best);
      ({ parameters } = await decodeHead(bytes!, path));
      epoch = best;
    }
    const own = { ...metadata, epoch: String(epoch) };
    const head = await encodeHead({ shape, parameters, metadata: own });
    await files.write(HEAD_FILES.head, head);
    const named = history.map((record) => nameHeldOut(record, heldOut));
    await files.write(HEAD_FILES.history, encodeJsonLines(named));
    const csv = encodeHistoryCsv(history, heldOut);
    const table = new TextEncoder().encode(csv);
    await files.write(HEAD_FILES.table, table);
    // The checkpoint may have come from another, shorter training: this stage lists its own.
    const last = await encodeCheckpoint(shape, { state, history }, saved);
    await files.write(HEAD_FILES.checkpoint, last);
    const described = [];
    for (const name of Object.values(HEAD_FILES)) {
      described.push(await describeFile(name, (await files.read(name))!));
    }
    const counts = {
      epochs: history.length,
      steps: state.step,
      bestEpoch: best,
      keptEpoch: epoch,
    };
    return { files: described, counts };
  },
  open: openHead,
  countWanted: ({ run }) => run.config.epochs,
  async countDone(files) {
    const header = await files.readHeader(HEAD_FILES.checkpoint);
    return Number(header?.metadata.epoch ?? 0);
  },
});
