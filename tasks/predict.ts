/** `deno task predict`: what photos show, by the head of a run. */

import { basename, isGlob, join, relative } from "../pipeline/path.ts";
import type {
  Classification,
  Classifier,
  ClassifyResult,
  ListOptions,
  Part,
} from "../mod.ts";
import { DatasetError } from "../pipeline/errors.ts";
import { isOfPart } from "../pipeline/shards/part.ts";
import { resolveFromCaller } from "./cli/caller_folder.ts";
import { describeError } from "./cli/describe_error.ts";
import { UsageError } from "./cli/flags.ts";
import {
  readEngine,
  readNumber,
  readTemperature,
  readThreshold,
} from "./cli/flag_values.ts";
import { csvRow, PREDICTION_COLUMNS, tableRow } from "./cli/prediction.ts";
import { describePart, readRole } from "./cli/share.ts";
import { readWork } from "./cli/stage_task.ts";
import { runTask, type Task, type TaskContext } from "./cli/run_task.ts";
import { fitName, PhotoSorter } from "./cli/sort_photos.ts";
import { resolveUserPath } from "./cli/user_path.ts";
import { count } from "./cli/words.ts";
import { writeOutput } from "./cli/write.ts";

/** Photos or inputs were refused; their lines say why. */
class RefusedPhotosError extends Error {
  override name = "RefusedPhotosError";
}

/** How inputs are listed, what stops it, and what is called with why one cannot be. */
type Listing = ListOptions & Pick<TaskContext, "signal"> & {
  onSkip: (error: Error) => void;
};

/**
 * Lists the photos of absolute paths or patterns; `-` stands for paths on standard input.
 * A word without photos is reported, and the next words follow.
 */
async function* listNamed(
  words: readonly string[],
  listing: Listing,
): AsyncGenerator<string> {
  const { listPhotos, readLines } = await import(
    "../pipeline/classify/list_photos.ts"
  );
  const { signal } = listing;
  for (const word of words) {
    try {
      if (word !== "-") {
        yield* listPhotos([word], listing);
        continue;
      }
      // Waiting for a line ends with the signal too.
      const stream = new TransformStream();
      const input = Deno.stdin.readable.pipeThrough(stream, { signal });
      for await (const line of readLines(input)) yield resolveFromCaller(line);
    } catch (error) {
      if (!(error instanceof DatasetError)) throw error;
      listing.onSkip(error);
    }
  }
}

/** Takes the photos of a part: they are dealt out in turn. */
async function* takePart(
  photos: AsyncIterable<string>,
  part: Part | undefined,
): AsyncGenerator<string> {
  let position = 0;
  for await (const photo of photos) {
    if (part === undefined || isOfPart(part, position++)) yield photo;
  }
}

/** Writes a photo with its heatmap, whole or not at all. */
async function writeHeatmap(
  classifier: Classifier,
  folder: string,
  { photo: path, heat, digest }: Classification & { photo: string },
): Promise<void> {
  const name = fitName(basename(path), `-${digest.slice(0, 8)}.png`);
  const temporary = join(folder, `incomplete.${crypto.randomUUID()}`);
  const picture = await classifier.drawHeat(path, heat!);
  try {
    await Deno.writeFile(temporary, picture);
    await Deno.rename(temporary, join(folder, name));
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw error;
  }
}

/** Makes the line of a photo: for programs as JSON or CSV, else for people. */
function formatter({ values }: TaskContext) {
  const threshold = readThreshold(values) ?? 0;
  const home = resolveUserPath(".");
  return (result: ClassifyResult<string>): string => {
    const { photo: path } = result;
    if (values.json) {
      if ("error" in result) {
        return JSON.stringify({ path, error: result.error });
      }
      const { digest, top } = result;
      // As in the answers of serve.
      const unsure = top[0]!.probability < threshold ? true : undefined;
      return JSON.stringify({ path, digest, top, unsure });
    }
    if (values.csv) return csvRow(result, threshold);
    const short = relative(home, path);
    const shown = short === "" || short.startsWith("..") ? path : short;
    return tableRow(shown, result, threshold);
  };
}

/** Throws unless there are photos, and the flags go together. */
function requireFlags({ values, words = [] }: TaskContext): void {
  if (words.length === 0) {
    throw new UsageError(
      "Cannot predict without photos: name files, folders, patterns or lists, or - for paths on standard input",
    );
  }
  if (values.json && values.csv) {
    throw new UsageError("Cannot print both JSON and CSV: give one flag");
  }
  if (values.link && typeof values.sort !== "string") {
    throw new UsageError("Cannot use --link without --sort DIR");
  }
  const hasColumns = words.some((word) => /\.(csv|tsv|jsonl)$/i.test(word));
  if (values["path-column"] && !hasColumns) {
    throw new UsageError(
      "Cannot use --path-column without a list in .csv, .tsv or .jsonl",
    );
  }
}

/** Throws where a folder or pattern lies in a folder that is written to: it would find the copies too. */
async function requireApart(places: string[], targets: string[]) {
  for (const place of places) {
    const info = await Deno.stat(place).catch(() => undefined);
    if (info ? !info.isDirectory : !isGlob(place)) continue;
    const below = join(place, "/");
    const target = targets.find((path) => below.startsWith(join(path, "/")));
    if (target === undefined) continue;
    throw new UsageError(
      `Cannot write to "${target}" as the input "${place}" is in it: name another folder, or one within the input`,
    );
  }
}

/** Classifies photos. */
async function runPredict(context: TaskContext): Promise<object> {
  const { values, words = [], reporter, signal } = context;
  requireFlags(context);
  const places = words.map((word) =>
    word === "-" ? word : resolveUserPath(word)
  );
  const isCount = (value: number) => Number.isInteger(value) && value > 0;
  const topK = readNumber(values, "top-k", isCount, "a positive integer");
  const engine = readEngine(values);
  const format = formatter(context);
  const [sorted, heatmaps] = [values.sort, values.heatmap].map((folder) =>
    typeof folder === "string" ? resolveUserPath(folder) : undefined
  );
  const except = [sorted, heatmaps].filter((folder) => folder !== undefined);
  await requireApart(places, except);
  const sorter = sorted === undefined ? undefined : new PhotoSorter(sorted, {
    links: values.link === true,
    threshold: readThreshold(values) ?? 0,
  });
  const role = readRole(values);
  const own = role === "seal" ? undefined : role;
  if (own) reporter.note(describePart(own));
  const { loadClassifier } = await import(
    "../pipeline/classify/load_classifier.ts"
  );
  await using classifier = await loadClassifier(await readWork(context), {
    run: context.run,
    cache: context.cache,
    signal,
    onEvent: reporter.onEvent,
    temperature: readTemperature(values),
    heatmaps: heatmaps !== undefined,
    engine,
  });
  if (heatmaps) await Deno.mkdir(heatmaps, { recursive: true });
  if (values.csv) writeOutput(PREDICTION_COLUMNS);
  let [photos, refused, unlisted] = [0, 0, 0];
  const listed = listNamed(places, {
    pathColumn: values["path-column"] as string | undefined,
    except,
    signal,
    onSkip(error) {
      unlisted++;
      reporter.error(describeError(error));
    },
  });
  const named = takePart(listed, own?.part);
  for await (const result of classifier.classifyMany(named, { topK })) {
    signal.throwIfAborted();
    photos++;
    writeOutput(format(result));
    if ("error" in result) {
      refused++;
      continue;
    }
    if (heatmaps) await writeHeatmap(classifier, heatmaps, result);
    await sorter?.add(result.photo, result);
  }
  if (refused > 0) {
    throw new RefusedPhotosError(
      `Cannot classify ${refused} of ${
        count(photos, "photo")
      }: their lines say why`,
    );
  }
  if (unlisted > 0) {
    throw new RefusedPhotosError(
      "Cannot classify all that is named: the errors above say why",
    );
  }
  return {};
}

export const PREDICT: Task = {
  name: "predict",
  words: "FILE|DIR|GLOB|LIST|- …",
  summary:
    "Classifies photos with the trained head of a run: one line per photo, in order. A\nlist is a .csv, .tsv or .jsonl with a path, or a .txt with one path per line. If a\nphoto cannot be classified, the others still are, and the exit code is 1.",
  printsLines: true,
  run: runPredict,
};

if (import.meta.main) await runTask(PREDICT);
