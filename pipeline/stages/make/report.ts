/** Making the page: photos are chosen and drawn small, and everything is laid out. */

import { betterBackbone } from "../../backbone/presets.ts";
import { countLabels } from "../../dataset/check_dataset.ts";
import type { Rejection } from "../../dataset/image_record.ts";
import { heldOutSplit } from "../../dataset/split.ts";
import { listCells, viewConfusion } from "../../report/confusion_view.ts";
import { groupFindings } from "../../report/finding_groups.ts";
import type { PhotoCounts } from "../../report/page/data.ts";
import {
  fitThumbnails,
  PhotoSelection,
  rankPhotos,
} from "../../report/photo_selection.ts";
import { renderReport } from "../../report/page/report.ts";
import { thumbnailSide } from "../../report/thumbnail.ts";
import { readThumbnails } from "../../shards/pixels.ts";
import type { EVALUATION } from "../evaluation.ts";
import type { Job, Made, Opened } from "../stage.ts";
import { type INPUTS, type listFacts, PAGE } from "../report.ts";

/** Most photos that were left out and are listed on the page. */
const LISTED_LEFT_OUT = 100;

/** The job of making the page. */
type ReportJob = Job<typeof INPUTS, ReturnType<typeof listFacts>>;

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

/** Makes the files of the stage that are missing. */
export async function makeReport(job: ReportJob): Promise<Made | undefined> {
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
}
