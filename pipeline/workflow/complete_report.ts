/**
 * The page of a run.
 *
 * @module
 */

import { decodeSafetensors } from "../artifact/safetensors.ts";
import { toFloat32 } from "../artifact/tensor.ts";
import { decodeJsonLines, streamJsonLines } from "../dataset/json_lines.ts";
import type { Evidence } from "../evidence/evidence.ts";
import type { Finding } from "../findings/finding.ts";
import { type FindingGroup, groupFindings } from "../report/finding_groups.ts";
import type { EvidenceMaps } from "../report/page/data.ts";
import { digestInputs, planReport, writeReport } from "../stages/report.ts";
import type { StageResult } from "../stages/run_stage.ts";
import type { EvaluationResult } from "./complete_evaluation.ts";
import type { HeadResult } from "./complete_head.ts";
import type { IndexResult } from "./complete_index.ts";
import {
  countPhotos,
  describeBackbone,
  embeddingEngines,
} from "./report_facts.ts";
import { completeWork, type Session } from "./session.ts";
import { listVersions } from "./versions.ts";

/** The stages that the page shows. */
export interface ReportStages {
  /** The dataset index. */
  index: IndexResult;
  /** The tensors. */
  tensors: StageResult;
  /** The embeddings. */
  embeddings: StageResult;
  /** The head. */
  head: HeadResult;
  /** The evaluation. */
  evaluation: EvaluationResult;
  /** What may be wrong with the data, if it was looked for. */
  findings?: StageResult | undefined;
  /** What spoke for the predictions, if it was computed. */
  evidence?: StageResult | undefined;
}

/** Reads a file of a stage, and checks it. */
async function readFile(stage: StageResult, wanted: RegExp) {
  const { files, manifest } = stage;
  const entry = manifest.files.find(({ path }) => wanted.test(path))!;
  const bytes = await files.readVerified(entry);
  return { bytes, path: files.path(entry.path) };
}

/** Reads photos with their maps. */
async function readEvidence(stage: StageResult): Promise<EvidenceMaps> {
  const lines = await readFile(stage, /^evidence\.jsonl$/);
  const items = decodeJsonLines<Evidence>(lines.bytes, lines.path);
  const shard = await readFile(stage, /^maps-.*\.safetensors$/);
  const { tensors } = decodeSafetensors(shard.bytes, shard.path);
  const map = tensors.get("map")!;
  const [, , height, width] = map.shape as [number, 2, number, number];
  return { items, maps: toFloat32(map, "map"), height, width };
}

/** Reads the strongest findings of each kind. */
async function readFindings(
  { files, manifest }: StageResult,
): Promise<FindingGroup[]> {
  const name = "findings.jsonl";
  const entry = manifest.files.find(({ path }) => path === name)!;
  return await groupFindings(
    streamJsonLines<Finding>(files.stream(entry), files.path(name)),
    manifest.counts,
  );
}

/**
 * Completes the page of a run.
 *
 * @param session The run.
 * @param stages The stages that it shows, complete.
 * @returns The complete stage.
 */
export async function completeReport(
  session: Session,
  stages: ReportStages,
): Promise<StageResult> {
  const { run } = session;
  const { index, tensors, embeddings, head, evaluation } = stages;
  const { findings, evidence } = stages;
  const { report: _, ...times } = run.times ?? {};
  const inputs = {
    "dataset-index": index,
    tensors,
    embeddings,
    head,
    evaluation,
    findings,
    evidence,
  };
  const work = planReport(await digestInputs(inputs), {
    run: run.name,
    split: evaluation.split,
    config: run.config,
    backbone: describeBackbone(session),
    versions: listVersions(),
    times: Object.keys(times).length > 0 ? times : undefined,
  });
  const load = async () => {
    const records = await index.dataset.readRecords();
    const { length: classes } = index.dataset.classNames;
    const { bestEpoch, keptEpoch } = head.manifest.counts;
    return {
      tensors,
      records,
      evaluation,
      metrics: evaluation.metrics,
      history: head.history,
      bestEpoch: bestEpoch!,
      keptEpoch: keptEpoch!,
      engines: {
        embeddings: await embeddingEngines(session, embeddings),
        head: head.engine,
      },
      photos: await countPhotos(records, tensors, classes),
      evidence: evidence && await readEvidence(evidence),
      findings: findings && await readFindings(findings),
    };
  };
  return await completeWork(
    session,
    work,
    () => writeReport(work, load, session),
  );
}
