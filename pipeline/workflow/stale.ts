/**
 * Which stages of a run no longer fit what is wanted, and why.
 *
 * @module
 */

import { explainChange, type StageName } from "../artifact/fingerprint.ts";
import { StageFiles } from "../artifact/stage_files.ts";
import { planDatasetIndex } from "../stages/dataset_index.ts";
import { planHead } from "../stages/head.ts";
import { planTensors } from "../stages/tensors.ts";
import { planSessionEmbeddings } from "./complete_embeddings.ts";
import { headOptions } from "./complete_head.ts";
import { requireIndex } from "./complete_index.ts";
import { openPhotos } from "./photos.ts";
import type { Session } from "./session.ts";

/**
 * Says which stages no longer fit what is wanted, and why.
 *
 * @param session The run.
 * @returns Reasons by stage, a line each; a stage that fits is not in it.
 */
export async function findStale(
  session: Session,
): Promise<Map<StageName, string[]>> {
  const stale = new Map<StageName, string[]>();
  const { store, run } = session;
  const { data, validation, test, strict, shardSize } = run.config;
  const index = run.works["dataset-index"];
  if (index === undefined) return stale;
  try {
    const source = await openPhotos(data);
    const holdOut = { validation, test };
    const plan = await planDatasetIndex({ source, holdOut, strict });
    const changes = explainChange(index, plan.work);
    if (changes.length > 0) stale.set("dataset-index", changes);
  } catch (error) {
    stale.set("dataset-index", [(error as Error).message]);
  }
  const tensors = run.works.tensors;
  if (tensors && !stale.has("dataset-index")) {
    const { geometry } = session.preprocessing;
    const indexed = await requireIndex(session).catch(() => undefined);
    const wanted = indexed &&
      planTensors(indexed, { geometry, shardSize });
    const changes = wanted ? explainChange(tensors, wanted) : [];
    if (changes.length > 0) stale.set("tensors", changes);
  }
  const { embeddings, head } = run.works;
  if (embeddings && tensors) {
    const files = await StageFiles.open(store, tensors);
    const wanted = planSessionEmbeddings(session, { files });
    const changes = explainChange(embeddings, wanted);
    if (changes.length > 0) stale.set("embeddings", changes);
  }
  if (head && embeddings) {
    const { fingerprint } = await StageFiles.open(store, embeddings);
    const wanted = planHead(fingerprint, headOptions(run.config));
    const changes = explainChange(head, wanted);
    if (changes.length > 0) stale.set("head", changes);
  }
  return stale;
}
