/**
 * Report stage: everything that is known of a run in, a page for people out.
 *
 * Writes `report.html`, then the manifest.
 *
 * @module
 */

import type { Json } from "../artifact/canonical_json.ts";
import { sha256 } from "../artifact/digest.ts";
import type { StageName, Work } from "../artifact/fingerprint.ts";
import type { Manifest } from "../artifact/manifest.ts";
import type { Split } from "../dataset/split.ts";
import type { EpochRecord } from "../head/trainer.ts";
import type { Metrics } from "../metrics/schema.ts";
import { listCells, viewConfusion } from "../report/confusion_view.ts";
import type { FindingGroup } from "../report/finding_groups.ts";
import type {
  EvidenceMaps,
  PhotoCounts,
  ReportFacts,
} from "../report/page/data.ts";
import { fitThumbnails, rankPhotos } from "../report/photo_budget.ts";
import { PhotoSelection } from "../report/photo_selection.ts";
import { thumbnailSide } from "../report/thumbnail.ts";
import type { StageContext } from "./context.ts";
import { streamPredictions } from "./read_predictions.ts";
import { readThumbnails, type ThumbnailSource } from "./read_thumbnails.ts";
import { runStage, type StageResult } from "./run_stage.ts";

/** Version of the page. Raise it when the same run gives another one. */
export const REPORT_VERSION = 2;

/** Name of the page. */
export const REPORT_FILE = "report.html";

/** The facts that are known before anything is read. */
export interface ReportPlan extends Omit<ReportFacts, "engines"> {
  /** Name of the run. */
  run: string;
  /** The split that was evaluated. */
  split: Split;
}

/** The stages that the page is made of. */
export type ReportInputs = Readonly<
  Partial<Record<StageName, Pick<StageResult, "manifest"> | undefined>>
>;

/** What the stage works on. */
export interface ReportInput extends ThumbnailSource {
  /** The evaluation, complete. */
  evaluation: StageResult;
  /** Its numbers. */
  metrics: Metrics;
  /** Numbers of every epoch. */
  history: EpochRecord[];
  /** The epoch with the lowest validation loss. */
  bestEpoch: number;
  /** The epoch whose weights are kept. */
  keptEpoch: number;
  /** What computed embeddings and head. */
  engines: ReportFacts["engines"];
  /** Numbers of photos. */
  photos: PhotoCounts;
  /** Photos with heatmaps, if there are any. */
  evidence: EvidenceMaps | undefined;
  /** What may be wrong with the data, if it was looked for. */
  findings: FindingGroup[] | undefined;
}

/** Digest of all that a stage has written: the engine that did it is in there, and not in its fingerprint. */
async function contentOf({ files }: Manifest): Promise<string> {
  const digests = files.map(({ digest }) => digest).join();
  return await sha256(new TextEncoder().encode(digests));
}

/**
 * Digests what the page is made of.
 *
 * @param stages The stages, complete.
 * @returns By name the digest of what the stage has written.
 */
export async function digestInputs(
  stages: ReportInputs,
): Promise<Record<string, string>> {
  const digests: Record<string, string> = {};
  for (const [name, stage] of Object.entries(stages)) {
    if (stage) digests[name] = await contentOf(stage.manifest);
  }
  return digests;
}

/**
 * Names the work of the stage.
 *
 * @param inputs What the page is made of, from {@linkcode digestInputs}.
 * @param plan The facts that it shows.
 * @returns Everything that decides the bytes of the stage.
 */
export function planReport(
  inputs: Record<string, string>,
  plan: ReportPlan,
): Work {
  // JSON has no `undefined`: a fact that is not known must stay absent.
  const config: Record<string, Json> = JSON.parse(JSON.stringify(plan));
  return { stage: "report", version: REPORT_VERSION, config, inputs };
}

/** Chooses photos from all predictions. */
async function selectPhotos(
  { metrics, evaluation }: ReportInput,
): Promise<PhotoSelection> {
  const { confusion, perClass } = metrics;
  const names = perClass.map(({ name }) => name);
  const cells = listCells(viewConfusion(confusion), confusion);
  const selection = new PhotoSelection(names, cells);
  for await (const prediction of streamPredictions(evaluation)) {
    selection.add(prediction);
  }
  return selection;
}

/**
 * Completes the stage.
 *
 * @param work The work, from {@linkcode planReport}.
 * @param load Reads what the page is made of; called only if there is something to do.
 * @param context The work directory, the stop signal, the listener.
 * @returns The complete stage.
 */
export async function writeReport(
  work: Work,
  load: () => Promise<ReportInput>,
  context: StageContext,
): Promise<StageResult> {
  return await runStage(work, context, async (files) => {
    const input = await load();
    const { run, split, ...facts } = work.config as unknown as ReportPlan;
    const { engines, tensors } = input;
    const selection = await selectPhotos(input);
    const ranked = rankPhotos({ ...input, selection });
    const all = await readThumbnails(ranked, input, context.signal);
    const thumbnails = fitThumbnails(ranked, all);
    const imageSize = tensors.manifest.work.config.imageSize as number;
    const { renderReport } = await import("../report/page/report.ts");
    const page = await renderReport({
      ...input,
      run,
      split,
      selection,
      thumbnails,
      thumbnailSide: thumbnailSide(imageSize),
      facts: { ...facts, engines },
    });
    const bytes = new TextEncoder().encode(page);
    const file = await files.write(REPORT_FILE, bytes);
    return { files: [file], counts: { photos: thumbnails.size } };
  });
}
