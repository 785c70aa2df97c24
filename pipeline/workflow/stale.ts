/**
 * Which stages of a run no longer fit what is wanted, and why.
 *
 * @module
 */

import {
  explainChange,
  type StageName,
  type Work,
} from "../artifact/fingerprint.ts";
import { StageFiles } from "../artifact/stage_files.ts";
import type { Split } from "../dataset/split.ts";
import { planDatasetIndex } from "../stages/dataset_index.ts";
import { planEvaluation } from "../stages/evaluation.ts";
import { planEvidence } from "../stages/evidence.ts";
import { planFindings } from "../stages/findings.ts";
import { planHead } from "../stages/head.ts";
import { digestInputs } from "../stages/report.ts";
import { planTensors } from "../stages/tensors.ts";
import { planSessionEmbeddings } from "./complete_embeddings.ts";
import { headOptions } from "./complete_head.ts";
import { requireIndex } from "./complete_index.ts";
import { openPhotos } from "./photos.ts";
import type { Session } from "./session.ts";

/** Reasons by stage, a line each; a stage that fits is not in it. */
export type StaleStages = Map<StageName, string[]>;

/** Compares the index with the photos as they are now. */
async function explainPhotos(
  session: Session,
  index: Work,
): Promise<string[]> {
  const { data, validation, test, strict } = session.run.config;
  try {
    const source = await openPhotos(data);
    const holdOut = { validation, test };
    const plan = await planDatasetIndex({ source, holdOut, strict });
    return explainChange(index, plan.work);
  } catch (error) {
    return [(error as Error).message];
  }
}

/** The work that is wanted of each stage that was run and whose input was run too; it is not read whether that is complete. */
async function wantedWorks(session: Session): Promise<Work[]> {
  const { store, run, preprocessing: { geometry } } = session;
  const { tensors, embeddings, head } = run.works;
  const { evaluation, findings, evidence } = run.works;
  const { shardSize } = run.config;
  const open = (work: Work) => StageFiles.open(store, work);
  const index = await requireIndex(session).catch(() => undefined);
  const wanted: Work[] = [];
  if (tensors && index) {
    wanted.push(planTensors(index, { geometry, shardSize }));
  }
  if (embeddings && tensors) {
    const files = await open(tensors);
    wanted.push(planSessionEmbeddings(session, { files }));
  }
  if (head && embeddings) {
    const { fingerprint } = await open(embeddings);
    wanted.push(planHead(fingerprint, headOptions(run.config)));
  }
  if (evaluation && head && embeddings) {
    const inputs = {
      head: (await open(head)).fingerprint,
      embeddings: (await open(embeddings)).fingerprint,
    };
    wanted.push(planEvaluation(inputs, evaluation.config.split as Split));
  }
  if (findings && embeddings) {
    wanted.push(planFindings((await open(embeddings)).fingerprint));
  }
  if (evidence && evaluation) {
    const { fingerprint } = await open(evaluation);
    wanted.push(planEvidence(fingerprint));
  }
  return wanted;
}

/** Compares what the page was made of with what there is now; what is not there says nothing. */
async function explainPage(session: Session, page: Work): Promise<string[]> {
  const { store, run: { works } } = session;
  const inputs = { ...page.inputs };
  for (const stage of Object.keys(inputs) as StageName[]) {
    const work = works[stage];
    const files = work && await StageFiles.open(store, work);
    const manifest = await files?.manifest().catch(() => undefined);
    if (manifest) {
      Object.assign(inputs, await digestInputs({ [stage]: { manifest } }));
    }
  }
  return explainChange(page, { ...page, inputs });
}

/**
 * Says which stages no longer fit what is wanted, and why.
 *
 * @param session The run.
 * @param options Whether to look at the photos as well, and at what the page was made of.
 * @returns Reasons by stage, a line each; a stage that fits is not in it.
 */
export async function findStale(
  session: Session,
  options: { photos: boolean },
): Promise<StaleStages> {
  const { works } = session.run;
  const stale: StaleStages = new Map();
  const index = works["dataset-index"];
  const changes = index && options.photos
    ? await explainPhotos(session, index)
    : [];
  if (changes.length > 0) stale.set("dataset-index", changes);
  for (const work of await wantedWorks(session)) {
    const changes = explainChange(works[work.stage]!, work);
    if (changes.length > 0) stale.set(work.stage, changes);
  }
  if (works.report && options.photos) {
    const changes = await explainPage(session, works.report);
    if (changes.length > 0) stale.set("report", changes);
  }
  return stale;
}
