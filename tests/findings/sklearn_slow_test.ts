/**
 * Flipped labels found by us and by scikit-learn, with the embedded backbone.
 *
 * Ignored where no Python has scikit-learn; on Debian `python3-sklearn`. The photos
 * of flowers lie beside the project; the embedded pictures are always there.
 *
 * @module
 */

import { assertEquals, assertGreaterOrEqual } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { SPLITS } from "../../pipeline/dataset/split.ts";
import { Samples } from "../../pipeline/findings/samples.ts";
import { EmbeddingSource } from "../../pipeline/head/embeddings_source.ts";
import { openRun } from "../../pipeline/run/open_run.ts";
import { DATASET_INDEX } from "../../pipeline/stages/dataset_index.ts";
import { EMBEDDINGS } from "../../pipeline/stages/embeddings.ts";
import { FIXTURES, SHARED } from "../support/fixtures.ts";
import { readView } from "../support/read_view.ts";
import { findPython } from "../support/python.ts";
import { testWorkspace } from "../run/support.ts";
import {
  flipLabels,
  type Judged,
  judgeLabels,
  type Quality,
  rateJudged,
} from "./label_errors.ts";

/** Times that labels are flipped. */
const SEEDS = 30;

/** Share of the labels that are flipped. */
const FLIPPED = 0.05;

/** Embeds the photos of a folder; returns mean views and labels. */
async function embedFolder(data: string) {
  await using workspace = await testWorkspace();
  const run = await openRun(workspace, { settings: { data } });
  const { classNames } = await run.complete(DATASET_INDEX);
  const { loadSplit } = await run.complete(EMBEDDINGS);
  const vectors: number[][] = [];
  const labels: number[] = [];
  for (const split of SPLITS) {
    const source = await loadSplit(split);
    for (let row = 0; row < (source?.count ?? 0); row++) {
      const views = Array.from(
        { length: source!.views },
        (_, view) => readView(source!, row, view),
      );
      vectors.push(
        [...views[0]!].map((_, i) =>
          views.reduce((sum, view) => sum + view[i]!, 0) / views.length
        ),
      );
      labels.push(source!.labels[row]!);
    }
  }
  const classCount = classNames.length;
  return { vectors, labels: Int32Array.from(labels), classCount };
}

/** Lets scikit-learn judge labels. */
async function judgeByPeer(
  python: string,
  input: { vectors: number[][]; labels: number[][] },
): Promise<Record<string, Judged[]>> {
  const script = fromFileUrl(new URL("golden/sklearn_labels.py", FIXTURES));
  const process = new Deno.Command(python, {
    args: ["-B", script],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const sent = new Blob([`${JSON.stringify(input)}\n`]).stream()
    .pipeTo(process.stdin);
  const [{ stdout, success }] = await Promise.all([process.output(), sent]);
  assertEquals(success, true);
  return JSON.parse(new TextDecoder().decode(stdout));
}

/** Averages qualities. */
function mean(qualities: readonly Quality[]): Quality {
  const of = (key: keyof Quality) =>
    qualities.reduce((sum, quality) => sum + quality[key], 0) /
    qualities.length;
  return {
    recall: of("recall"),
    precision: of("precision"),
    listed: of("listed"),
    expected: of("expected"),
    top: of("top"),
    average: of("average"),
  };
}

const PYTHON = await findPython("sklearn");

for (
  const [name, url] of [
    ["flowers", new URL("data/flowers/", SHARED)],
    ["pictures", new URL("images/", FIXTURES)],
  ] as const
) {
  const exists = await Deno.stat(url).then(() => true, () => false);
  Deno.test({
    name: `flipped labels of ${name} are found no worse than by scikit-learn`,
    ignore: PYTHON === undefined || !exists,
    async fn() {
      const embedded = await embedFolder(fromFileUrl(url));
      const { vectors, classCount } = embedded;
      const cases = Array.from(
        { length: SEEDS },
        (_, seed) =>
          flipLabels(embedded.labels, { share: FLIPPED, classCount, seed }),
      );
      const ours: Quality[] = [];
      for (const { labels, flipped } of cases) {
        const shard = {
          embeddings: Float32Array.from(vectors.flat()),
          labels,
          records: labels,
        };
        const layout = { views: 1, size: vectors[0]!.length };
        const samples = new Samples([new EmbeddingSource([shard], layout)]);
        ours.push(
          rateJudged(await judgeLabels(samples, classCount), flipped),
        );
      }
      const labels = cases.map(({ labels }) => [...labels]);
      const theirs = await judgeByPeer(PYTHON!, { vectors, labels });
      const table: Record<string, Quality> = { ours: mean(ours) };
      for (const [strength, judged] of Object.entries(theirs)) {
        const rated = judged.map((one, i) =>
          rateJudged(one, cases[i]!.flipped)
        );
        table[`C ${strength}`] = mean(rated);
      }
      // deno-lint-ignore no-console
      console.table(table);
      for (const { average } of Object.values(table)) {
        assertGreaterOrEqual(table.ours!.average, average);
      }
    },
  });
}
