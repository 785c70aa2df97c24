/**
 * Findings stage: embeddings of all splits in, what may be wrong with the data out.
 *
 * Writes shards of nearest neighbours (see `neighbour_shards.ts`), then
 * `findings.jsonl`, then the manifest. It needs no head, so that runs which differ
 * in the head alone share it.
 *
 * @module
 */

import type { Work } from "../artifact/fingerprint.ts";
import type { ManifestFile } from "../artifact/manifest.ts";
import type { StageFiles } from "../artifact/stage_files.ts";
import { encodeJsonLines } from "../dataset/json_lines.ts";
import { SPLITS } from "../dataset/split.ts";
import { FINDING_COUNTS, FINDING_KINDS } from "../findings/finding.ts";
import { chooseReferences } from "../findings/images.ts";
import type { DeviceContext } from "./context.ts";
import { fillShards } from "./fill_shards.ts";
import { planNeighbours } from "./neighbour_shards.ts";
import { runStage, type StageResult } from "./run_stage.ts";
import {
  type FindingsInput,
  type FindingsSearch,
  searchIndex,
  searchLabels,
  searchNeighbours,
  startSearch,
} from "./search_findings.ts";

/** Version of the files. Raise it when the same embeddings give other findings. */
export const FINDINGS_VERSION = 2;

/** Name of the file with a line a finding. */
export const FINDINGS_FILE = "findings.jsonl";

/**
 * Photos that all are compared with at most: beyond it, time grows with the number
 * of photos and not with its square.
 */
export const REFERENCE_LIMIT = 50_000;

/** Neighbours of a photo that are kept: those that outliers are told by, and some near-copies. */
const NEIGHBOURS = 16;

/**
 * Names the work of the stage.
 *
 * @param embeddings Fingerprint of the embeddings.
 * @param references Photos that all are compared with at most.
 * @returns Everything that decides the bytes of the stage.
 */
export function planFindings(
  embeddings: string,
  references: number = REFERENCE_LIMIT,
): Work {
  return {
    stage: "findings",
    version: FINDINGS_VERSION,
    config: { references },
    inputs: { embeddings },
  };
}

/** Compares all photos; says so if it is with a part of them only. */
async function compare(
  files: StageFiles,
  search: FindingsSearch,
  context: DeviceContext,
): Promise<{ shards: ManifestFile[]; references: number }> {
  const { samples, images: { images, firsts }, splits, multiply } = search;
  const { signal, guard = () => {} } = context;
  const isHeldOut = (sample: number) => SPLITS[splits[sample]!] !== "train";
  const limit = files.work.config.references as number;
  const references = chooseReferences(firsts, limit, isHeldOut);
  if (references.length < firsts.length) {
    const [known, all] = [references, firsts]
      .map((some) => some.filter(isHeldOut).length);
    context.emit({
      type: "warning",
      stage: "findings",
      message:
        `${firsts.length} photos are compared with ${references.length} of them, which hold ${known} of the ${all} outside train: near-copies of which neither is among them are not found`,
    });
  }
  const imageCount = firsts.length;
  const options = {
    references,
    images,
    imageCount,
    k: NEIGHBOURS,
    multiply,
    signal,
  };
  const jobs = planNeighbours(samples, options, guard);
  const filled = await fillShards(files, jobs, context);
  const shards = filled.map(({ entry }) => entry);
  return { shards, references: references.length };
}

/**
 * Completes the stage.
 *
 * @param work The work, from {@linkcode planFindings}.
 * @param load Reads the embeddings; called only if there is something to do.
 * @param context The work directory, the stop signal, the listener.
 * @returns The complete stage.
 */
export async function findFindings(
  work: Work,
  load: () => Promise<FindingsInput>,
  context: DeviceContext,
): Promise<StageResult> {
  return await runStage(work, context, async (files) => {
    const search = startSearch(await load());
    const { shards, references } = await compare(files, search, context);
    await searchNeighbours(files, shards, search);
    await searchLabels(search, context);
    searchIndex(search);
    const { lists, samples } = search;
    const findings = FINDING_KINDS.flatMap((kind) => lists[kind].list());
    const list = await files.write(FINDINGS_FILE, encodeJsonLines(findings));
    return {
      files: [...shards, list],
      counts: {
        photos: samples.count,
        references,
        ...Object.fromEntries(
          FINDING_KINDS.map((
            kind,
          ) => [FINDING_COUNTS[kind], lists[kind].total]),
        ),
        findings: findings.length,
      },
    };
  });
}
