/**
 * Report stage: all results of a run in, a page of HTML out.
 *
 * Writes `report.html`.
 */

import type { Artifact } from "../artifact/artifact.ts";
import { sha256 } from "../artifact/digest.ts";
import { explainChange } from "../artifact/fingerprint.ts";
import type { Manifest } from "../artifact/manifest.ts";
import { betterBackbone } from "../backbone/presets.ts";
import { lastName, namePlaces } from "../config/name_places.ts";
import { countLabels } from "../dataset/check_dataset.ts";
import type { Rejection } from "../dataset/image_record.ts";
import { heldOutSplit, splitOf } from "../dataset/split.ts";
import { listCells, viewConfusion } from "../report/confusion_view.ts";
import { groupFindings } from "../report/finding_groups.ts";
import type { PhotoCounts } from "../report/page/data.ts";
import {
  fitThumbnails,
  PhotoSelection,
  rankPhotos,
} from "../report/photo_selection.ts";
import { thumbnailSide } from "../report/thumbnail.ts";
import { readThumbnails } from "../shards/pixels.ts";
import { CALIBRATION } from "./calibration.ts";
import { DATASET_INDEX } from "./dataset_index.ts";
import { describeBackbone } from "./describe_backbone.ts";
import { EMBEDDINGS } from "./embeddings.ts";
import { EVALUATION } from "./evaluation.ts";
import { EVIDENCE } from "./evidence.ts";
import { FINDINGS } from "./findings.ts";
import { HEAD } from "./head.ts";
import {
  defineStage,
  type Facts,
  type Job,
  type Opened,
  optional,
  type Stage,
} from "./stage.ts";
import { TENSORS } from "./tensors.ts";

/** The page of a run. */
export interface Report {
  /** Path of the page, relative to the work directory. */
  page: string;
}

/** Most photos that were left out and are listed on the page. */
const LISTED_LEFT_OUT = 100;

/** Name of the page. */
const PAGE = "report.html";

const INPUTS = {
  "dataset-index": DATASET_INDEX,
  tensors: TENSORS,
  calibration: optional(CALIBRATION),
  embeddings: EMBEDDINGS,
  head: HEAD,
  evaluation: EVALUATION,
  findings: FINDINGS,
  evidence: optional(EVIDENCE),
};

/** Digests all files of a stage: unlike its fingerprint, they name the engine. */
async function digestContent({ files }: Manifest): Promise<string> {
  const digests = files.map(({ digest }) => digest).join();
  return await sha256(new TextEncoder().encode(digests));
}

/** Returns the facts that the page shows and that are known before anything is read. */
function listFacts({ run, inputs }: Facts<typeof INPUTS>) {
  const { config, versions } = run;
  const { report: _, ...times } = run.times;
  const { name, variant, digest } = run.backbone;
  const backbone = { name: lastName(name), variant, digest: digest ?? "" };
  return {
    run: run.name,
    split: splitOf(inputs.evaluation.files.work.config) ?? null,
    config: { ...namePlaces(config) },
    backbone: { ...describeBackbone(backbone, run.preprocessing) },
    versions: { ...versions },
    // JSON has no `undefined`: a fact that is not known stays absent.
    ...Object.keys(times).length > 0 && { times: { ...times } },
  };
}

/** The job of making the page. */
type ReportJob = Job<typeof INPUTS>;

/** Counts the photos that were used, by split and class. */
async function countPhotos({ inputs }: ReportJob): Promise<PhotoCounts> {
  const { "dataset-index": index, tensors } = inputs;
  const records = await index.readRecords();
  const rejected = new Set<string>();
  const leftOut: Rejection[] = [];
  for await (const { path, reason } of tensors.streamRejected()) {
    rejected.add(path);
    if (leftOut.length < LISTED_LEFT_OUT) leftOut.push({ path, reason });
  }
  const rows = (function* () {
    for (let row = 0; row < records.length; row++) {
      if (rejected.size === 0 || !rejected.has(records.path(row))) yield row;
    }
  })();
  const classCount = index.classNames.length;
  const bySplit = countLabels(records, { classCount, rows });
  return { bySplit, rejected: rejected.size, leftOut };
}

/** Chooses photos from all predictions. */
async function selectPhotos(
  { metrics, streamPredictions }: Opened<typeof EVALUATION>,
): Promise<PhotoSelection> {
  const { confusion, perClass } = metrics;
  const names = perClass.map(({ name }) => name);
  const cells = listCells(viewConfusion(confusion), confusion);
  const selection = new PhotoSelection(names, cells);
  for await (const prediction of streamPredictions()) {
    selection.add(prediction);
  }
  return selection;
}

/** The stage. */
export const REPORT: Stage<"report", Report> = defineStage({
  name: "report",
  version: 3,
  task: "eval",
  inputs: INPUTS,
  config: listFacts,
  async digests({ inputs }) {
    const digests: Record<string, string> = {};
    for (const [name, stage] of Object.entries(inputs)) {
      if (stage?.manifest) digests[name] = await digestContent(stage.manifest);
    }
    return digests;
  },
  async make(job) {
    const { files, inputs, run } = job;
    const { tensors, embeddings, head, evaluation } = inputs;
    const { metrics, split } = evaluation;
    const records = await inputs["dataset-index"].readRecords();
    const evidence = await inputs.evidence?.readMaps();
    const findings = await groupFindings(
      inputs.findings.streamFindings(),
      inputs.findings.manifest.counts,
    );
    const selection = await selectPhotos(evaluation);
    const shown = { metrics, findings, evidence, selection };
    const ranked = rankPhotos(shown);
    const source = { tensors, records };
    const all = await readThumbnails(ranked, source, job.signal);
    const thumbnails = fitThumbnails(ranked, all);
    const { renderReport } = await import("../report/page/report.ts");
    const { run: _, split: _split, ...facts } = job.config;
    const page = await renderReport({
      ...shown,
      run: run.name,
      split,
      imageSize: tensors.imageSize,
      betterBackbone: run.config.data === null
        ? null
        : betterBackbone(run.config.backbone, metrics.top1),
      history: head.history,
      heldOut: heldOutSplit(embeddings.manifest.counts),
      bestEpoch: head.bestEpoch,
      keptEpoch: head.keptEpoch,
      photos: await countPhotos(job),
      thumbnails,
      thumbnailSide: thumbnailSide(tensors.imageSize),
      facts: {
        ...facts,
        agreement: inputs.calibration?.agreement,
        engines: {
          embeddings: await embeddings.readEngines(),
          head: head.engine,
        },
      },
    });
    const bytes = new TextEncoder().encode(page);
    const file = await files.write(PAGE, bytes);
    return { files: [file], counts: { photos: thumbnails.size } };
  },
  open: ({ files }: Artifact): Report => ({ page: files.path(PAGE) }),
  // Times and versions differ between days: the page is stale only if its inputs have changed.
  explain(before, now) {
    const known = Object.entries(now.inputs)
      .filter(([name]) => name in before.inputs);
    const inputs = { ...before.inputs, ...Object.fromEntries(known) };
    return explainChange(before, { ...before, inputs });
  },
});
