/** Whether an executable answers as the run does. */

import { fromFileUrl } from "../../pipeline/path.ts";
import type {
  Classification,
  ClassifierOptions,
  Workspace,
} from "../../mod.ts";
import { runChecked } from "./run_checked.ts";

/** Photos that both classify. */
const PHOTOS = fromFileUrl(
  new URL("../../fixtures/images/val", import.meta.url),
);

/** Largest difference of a probability that is let pass: the code is the same, the device may be another. */
const TOLERANCE = 1e-4;

/** How answers compare. */
export interface SameAnswers {
  /** Photos that were compared. */
  photos: number;
  /** Largest difference between probabilities of a class. */
  largestDifference: number;
}

/** Compares what two say of a photo. */
function difference(one: Classification, other: Classification): number {
  const others = new Map(
    other.top.map(({ class: name, probability }) => [name, probability]),
  );
  if (one.top[0]!.class !== other.top[0]!.class) return Infinity;
  return Math.max(
    ...one.top.map(({ class: name, probability }) =>
      Math.abs(probability - (others.get(name) ?? Infinity))
    ),
  );
}

/**
 * Classifies photos with an executable and with the run.
 *
 * @throws {Error} If the executable fails, or says something else.
 */
export async function compareWithRun(
  program: string,
  workspace: Workspace,
  options: ClassifierOptions,
): Promise<SameAnswers> {
  const { loadClassifier } = await import(
    "../../pipeline/classify/load_classifier.ts"
  );
  const { listPhotos } = await import("../../pipeline/classify/list_photos.ts");
  await using classifier = await loadClassifier(workspace, options);
  const topK = classifier.classNames.length;
  // An empty environment: the program finds no cache and no other file of this machine.
  const scratch = await Deno.makeTempDir();
  let lines: string;
  try {
    const args = ["predict", PHOTOS, "--json", "--top-k", String(topK)];
    const env = { XDG_CACHE_HOME: scratch };
    lines = await runChecked(program, args, { env, cwd: scratch });
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
  const answers = lines.trimEnd().split("\n").map((line) => JSON.parse(line));
  let [photos, largestDifference] = [0, 0];
  const expected = classifier.classifyMany(listPhotos([PHOTOS]), { topK });
  for await (const result of expected) {
    const answer = answers[photos++];
    if ("error" in result || answer?.path !== result.photo || answer.error) {
      throw new Error(
        `Cannot build as the executable has no answer for "${result.photo}": ${
          JSON.stringify(answer)
        }`,
      );
    }
    largestDifference = Math.max(largestDifference, difference(result, answer));
  }
  if (largestDifference <= TOLERANCE) return { photos, largestDifference };
  throw new Error(
    `Cannot build as probabilities of the executable must be within ${TOLERANCE} of those of the run: the largest difference is ${largestDifference}`,
  );
}
