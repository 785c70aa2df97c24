/**
 * The findings of a run: what may be wrong with its data.
 *
 * @module
 */

import { decodeJsonLines } from "../dataset/json_lines.ts";
import { SPLITS } from "../dataset/split.ts";
import type { Finding } from "../findings/finding.ts";
import type { EmbeddingSource } from "../head/embeddings_source.ts";
import {
  findFindings,
  FINDINGS_FILE,
  planFindings,
} from "../stages/findings.ts";
import type { StageResult } from "../stages/run_stage.ts";
import { loadSplit } from "./complete_embeddings.ts";
import { startHeadEngine } from "./complete_head.ts";
import type { IndexResult } from "./complete_index.ts";
import type { HeadEngine } from "./head_engine.ts";
import { completeWork, type Session } from "./session.ts";

/** Findings that are complete. */
export interface FindingsResult extends StageResult {
  /** The findings: kind after kind, the strongest first, at most 1,000 of each. */
  findings: Finding[];
}

/** The stages that findings read. */
export interface FindingsInputs {
  /** The dataset index. */
  index: IndexResult;
  /** The embeddings. */
  embeddings: StageResult;
}

/**
 * Completes the findings; the engine starts only if there is something to do.
 *
 * @param session The run.
 * @param inputs The stages that they read, complete.
 * @returns The complete stage.
 * @throws {BackendUnavailableError} If the engine cannot be had or stops working.
 */
export async function completeFindings(
  session: Session,
  inputs: FindingsInputs,
): Promise<FindingsResult> {
  const { index, embeddings } = inputs;
  const work = planFindings(embeddings.files.fingerprint);
  let engine: HeadEngine | undefined;
  const load = async () => {
    const sources: EmbeddingSource[] = [];
    for (const split of SPLITS) {
      const source = await loadSplit(embeddings, split);
      if (source) sources.push(source);
    }
    engine = await startHeadEngine(session, "findings");
    return {
      sources,
      records: await index.dataset.readRecords(),
      classNames: index.dataset.classNames,
      multiply: engine.multiply,
    };
  };
  try {
    const guard = () => engine?.check();
    const result = await completeWork(
      session,
      work,
      () => findFindings(work, load, { ...session, guard }),
    );
    const { files, manifest } = result;
    const entry = manifest.files.find(({ path }) => path === FINDINGS_FILE)!;
    const bytes = await files.readVerified(entry);
    const path = files.path(FINDINGS_FILE);
    return { ...result, findings: decodeJsonLines(bytes, path) };
  } finally {
    await engine?.stop();
  }
}
