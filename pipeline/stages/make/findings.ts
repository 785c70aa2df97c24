/** Making findings: all photos are compared, and the strongest of each kind listed. */

import { encodeJsonLines } from "../../dataset/json_lines.ts";
import { SPLITS } from "../../dataset/split.ts";
import { FINDING_COUNTS, FINDING_KINDS } from "../../findings/finding.ts";
import { chooseReferences, chooseSketched } from "../../findings/images.ts";
import type { EmbeddingSource } from "../../head/embeddings_source.ts";
import { type FilledShard, fillShards } from "../../shards/fill_shards.ts";
import {
  planNeighbours,
  readNeighbours,
} from "../../shards/neighbour_shards.ts";
import { FindingsSearch } from "../../findings/search.ts";
import type { Job, Made } from "../stage.ts";
import { FINDINGS_FILE, type INPUTS } from "../findings.ts";

/**
 * Photos outside train that are looked for by sketches at most, beside the references:
 * their sketches take 128 MB. Beyond it, time grows with the number of photos.
 */
const SKETCH_LIMIT = 250_000;

/** Neighbours of a photo that are kept: outliers need ten, near-copies the others. */
const NEIGHBOURS = 16;

/** The job of making findings. */
type FindingsJob = Job<typeof INPUTS, { references: number }>;

/** Compares all photos; warns if they are compared with a part of them only. */
async function compareAll(
  search: FindingsSearch,
  job: FindingsJob,
): Promise<{ filled: FilledShard[]; compared: Record<string, number> }> {
  const { samples, images: { images, firsts }, splits, multiply } = search;
  const { files, config, signal } = job;
  const isHeldOut = (sample: number) => SPLITS[splits[sample]!] !== "train";
  const references = chooseReferences(firsts, config.references, isHeldOut);
  const sketched = chooseSketched(firsts, references, SKETCH_LIMIT, isHeldOut);
  if (references.length < firsts.length) {
    const [known, all] = [references, firsts]
      .map((some) => some.filter(isHeldOut).length);
    const found = known! + sketched.length;
    job.emit({
      type: "warning",
      stage: files.work.stage,
      message:
        `${firsts.length} photos are compared with ${references.length} of them, and near-copies are looked for among ${found} of the ${all} outside train: one is missed if neither of its photos is among them`,
    });
  }
  const imageCount = firsts.length;
  const k = NEIGHBOURS;
  const chosen = { references, sketched, images, imageCount, k };
  const options = { ...chosen, multiply, signal };
  const jobs = planNeighbours(samples, options, job.checkDevices);
  const filled = await fillShards(files, jobs, job);
  return {
    filled,
    compared: {
      references: references.length,
      ...sketched.length > 0 && { sketched: sketched.length },
    },
  };
}

/** Makes the files of the stage that are missing. */
export async function makeFindings(
  job: FindingsJob,
): Promise<Made | undefined> {
  const { files, inputs: { index, embeddings } } = job;
  const sources: EmbeddingSource[] = [];
  for (const split of SPLITS) {
    const source = await embeddings.loadSplit(split);
    if (source) sources.push(source);
  }
  const search = new FindingsSearch({
    sources,
    records: await index.readRecords(),
    classNames: index.classNames,
    multiply: (await job.openCompute()).multiply,
  });
  const { filled, compared } = await compareAll(search, job);
  const shards = filled.map(({ entry }) => entry);
  const { records } = search.samples;
  await search.addNeighbours(() => readNeighbours(files, shards, records));
  await search.addLabels(job.signal);
  job.checkDevices();
  search.addCopiesAndSmallClasses();
  const { lists, samples } = search;
  const findings = FINDING_KINDS.flatMap((kind) => lists[kind].list());
  const list = await files.write(FINDINGS_FILE, encodeJsonLines(findings));
  const totals = FINDING_KINDS.map((kind) =>
    [FINDING_COUNTS[kind], lists[kind].total] as const
  );
  return {
    files: [...shards, list],
    counts: {
      photos: samples.count,
      ...compared,
      ...Object.fromEntries(totals),
      findings: findings.length,
    },
  };
}
