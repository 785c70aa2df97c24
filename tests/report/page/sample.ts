/**
 * Data of pages for tests: any number of classes and photos, made up from seeded
 * numbers.
 *
 * @module
 */

import { defaultConfig } from "../../../pipeline/config/config.ts";
import type { Evidence } from "../../../pipeline/evidence/activation_map.ts";
import type { Finding } from "../../../pipeline/findings/finding.ts";
import { computeMetrics } from "../../../pipeline/metrics/metrics.ts";
import {
  type Prediction,
  scorePhoto,
} from "../../../pipeline/metrics/prediction.ts";
import { fitTemperature } from "../../../pipeline/metrics/temperature.ts";
import {
  listCells,
  viewConfusion,
} from "../../../pipeline/report/confusion_view.ts";
import { groupFindings } from "../../../pipeline/report/finding_groups.ts";
import type {
  EvidenceMaps,
  ReportData,
} from "../../../pipeline/report/page/data.ts";
import {
  fitThumbnails,
  PhotoSelection,
  predictedClass,
  rankPhotos,
} from "../../../pipeline/report/photo_selection.ts";
import { encodeThumbnail } from "../../../pipeline/report/thumbnail.ts";
import { uniform } from "../../support/random.ts";

/** What the page is to be of. */
export interface SampleOptions {
  /** Names of the classes, by label. */
  classNames: readonly string[];
  /** Number of photos that were evaluated. */
  photos: number;
  /** Path of a photo, by number and class. */
  path?: (number: number, className: string) => string;
  /** Whether there are maps. @default {true} */
  hasEvidence?: boolean;
  /** Whether there are findings. @default {true} */
  hasFindings?: boolean;
  /** How far the true class is ahead; large means no mistakes. @default {2} */
  signal?: number;
  /** Side of the thumbnails. @default {96} */
  side?: number;
}

/** Draws logits that speak for the true class, more or less. */
function drawLogits(
  labels: Int32Array,
  classCount: number,
  signal: number,
): Float32Array {
  const numbers = uniform(7);
  const draw = () => numbers.next().value;
  const logits = new Float32Array(labels.length * classCount);
  labels.forEach((label, row) => {
    for (let c = 0; c < classCount; c++) {
      logits[row * classCount + c] = 3 * (draw() + draw() - 1) +
        (c === label ? signal : 0) + (c === (label + 1) % classCount ? 1 : 0);
    }
  });
  return logits;
}

/** Draws pixels of a photo: a gradient in colours of its own. */
function drawPixels(number: number, side: number): Uint8Array {
  return Uint8Array.from({ length: side * side * 3 }, (_, i) => {
    const pixel = Math.floor(i / 3);
    const [x, y] = [pixel % side, Math.floor(pixel / side)];
    const wave = Math.sin(x / (5 + number % 7)) *
      Math.cos(y / (4 + number % 5));
    return 110 + 70 * wave + ((number * (i % 3 + 1) * 37) % 70);
  });
}

/** Makes up maps of photos. */
function makeEvidence(predictions: readonly Prediction[]): EvidenceMaps {
  const [height, width] = [3, 3];
  const items = predictions.map((prediction, row): Evidence => {
    const predicted = predictedClass(prediction);
    return {
      row,
      record: prediction.record,
      path: prediction.path,
      reason: predicted === prediction.true ? "right" : "mistake",
      true: prediction.true,
      predicted,
      probability: prediction.top5[0]!.probability,
      loss: prediction.loss,
    };
  });
  const numbers = uniform(3);
  const maps = Float32Array.from(
    { length: items.length * 2 * height * width },
    () => numbers.next().value * 2 - 0.8,
  );
  return { items, maps, height, width };
}

/** Makes up findings about photos. */
function makeFindings(predictions: readonly Prediction[]): Finding[] {
  const photo = (i: number) => {
    const { record, path, true: own } = predictions[i % predictions.length]!;
    return { record, path, split: "validation" as const, class: own };
  };
  const suggested = predictedClass(predictions[0]!);
  return [
    {
      kind: "copy",
      photos: [0, 1, 2, 3, 4, 5].map(photo),
      score: 6,
      message: "6 photos have the same bytes",
      acrossSplits: true,
    },
    ...[0.999, 0.98].map((score, i): Finding => ({
      kind: "near-copy",
      photos: [photo(2 * i), photo(2 * i + 1)],
      score,
      message: `two photos look the same, cosine ${score}`,
      acrossSplits: false,
    })),
    ...Array.from({ length: 30 }, (_, i): Finding => ({
      kind: "label",
      photos: [photo(i + 7)],
      score: 1 - i / 30,
      message: "the photo looks like another class",
      suggested,
    })),
    {
      kind: "small-class",
      photos: [],
      score: 1,
      message: "the class has 3 training photos",
    },
  ];
}

/**
 * Makes up what a page shows.
 *
 * @param options Classes and photos.
 * @returns The data; equal options give equal data.
 */
export async function sampleReport(
  options: SampleOptions,
): Promise<ReportData> {
  const { classNames, photos, signal = 2, side = 96 } = options;
  const { hasEvidence = true, hasFindings = true } = options;
  const { path = (number, name) => `val/${name}/${number}.jpg` } = options;
  const classCount = classNames.length;
  const labels = Int32Array.from({ length: photos }, (_, i) => i % classCount);
  const logits = drawLogits(labels, classCount, signal);
  const fit = fitTemperature(logits, labels, classCount);
  const metrics = computeMetrics({ logits, labels, classNames, fit });
  const cells = listCells(viewConfusion(metrics.confusion), metrics.confusion);
  const selection = new PhotoSelection(classNames, cells);
  const predictions = Array.from(labels, (label, record): Prediction => {
    const row = logits.subarray(record * classCount, (record + 1) * classCount);
    const own = path(record, classNames[label]!);
    const digest = "00".repeat(32);
    return { record, path: own, digest, ...scorePhoto(row, label, classNames) };
  });
  predictions.forEach((prediction) => selection.add(prediction));
  const shown = [...selection.mistakes.list(), ...selection.roundRobin()];
  const evidence = hasEvidence ? makeEvidence(shown.slice(0, 12)) : undefined;
  const findings = hasFindings
    ? await groupFindings(makeFindings(predictions), {})
    : undefined;
  const ranked = rankPhotos({ selection, evidence, findings });
  const all = new Map<number, Uint8Array>();
  for (const record of ranked) {
    all.set(record, await encodeThumbnail(drawPixels(record, side), side));
  }
  const count = (share: number) =>
    classNames.map((_, i) => Math.round(share * (photos / classCount + i % 3)));
  return {
    run: "default",
    split: "validation",
    metrics,
    imageSize: 96,
    betterBackbone: null,
    history: Array.from({ length: 12 }, (_, i) => ({
      epoch: i + 1,
      step: 10 * (i + 1),
      learningRate: 0.001,
      trainLoss: 2 / (i + 1),
      trainAccuracy: 1 - 0.7 / (i + 1),
      validationLoss: 0.6 + (i - 7) ** 2 / 60,
      validationAccuracy: 0.8 - (i - 7) ** 2 / 150,
    })),
    heldOut: "validation",
    bestEpoch: 8,
    keptEpoch: 12,
    selection,
    thumbnails: fitThumbnails(ranked, all),
    thumbnailSide: side,
    evidence,
    findings,
    photos: {
      bySplit: { train: count(3), validation: count(1), test: count(0) },
      rejected: 2,
      leftOut: [{ path: "train/cat/a.jpg", reason: "it is not an image" }],
    },
    facts: {
      config: { ...defaultConfig(), data: "/data/photos", epochs: 12 },
      backbone: {
        name: "tiny",
        description: "1/8 of the width, trained on Tiny ImageNet; embedded",
        variant: "torchvision",
        digest: "0123456789abcdef".repeat(4),
        licence: "MIT",
        preprocessing: "seed: stretched to 96 x 96, nearest",
      },
      versions: { headstart: "0.1.0", deno: "2.9.6" },
      engines: { embeddings: "cpu", head: "cpu" },
      times: {
        embeddings: { seconds: 754.2, finishedAt: "2026-01-02T03:04:05Z" },
        head: { seconds: 3.25, finishedAt: "2026-01-02T03:04:09Z" },
      },
    },
  };
}

/** Names that try to break a page. */
export const HOSTILE_NAMES: readonly string[] = [
  `<script>document.title = "broken"</script>`,
  `"><img src=x onerror="document.title='broken'">`,
  `' onmouseover='x' & "quotes"`,
  "\u202egnp.exe\u202c and \u05e9\u05dc\u05d5\u05dd",
  "long ".repeat(60).trim(),
  "unbroken".repeat(38),
  "</style></svg></template>${1}",
  "\u0000\u0007 \n control",
];
