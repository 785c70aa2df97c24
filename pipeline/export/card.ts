/**
 * The model card of an export: `README.md`, with what the Hugging Face hub reads.
 *
 * Source: https://huggingface.co/docs/hub/model-cards.
 */

import type { NamedClassScores } from "../metrics/schema.ts";
import type { ExportFacts, ExportFormat } from "./format.ts";
import type { ExportCheck } from "./check.ts";

/** Most classes and pairs that are named as weak. */
const MOST_WEAK = 5;

/** Samples below which the scores of a class say little. */
const FEW_SAMPLES = 20;

/** Licences, by the names that the hub has for them; others are not known to it. */
const HUB_LICENCES: Readonly<Record<string, string>> = {
  MIT: "mit",
  "BSD-3-Clause": "bsd-3-clause",
  "Apache-2.0": "apache-2.0",
};

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** Writes text so that Markdown shows it as it is. */
function escape(text: string): string {
  return text.replace(/[\r\n\t]+/g, " ").replace(
    /[\\`*_{}[\]<>#|~&!]/g,
    "\\$&",
  );
}

/** The front matter. Text is written as JSON, which is YAML too. */
function frontMatter(facts: ExportFacts, format: ExportFormat): string {
  const { backbone, metrics, split, run } = facts;
  const metric = (type: string, name: string, value: number | null) =>
    value === null ? [] : [{ type, name, value }];
  const results = [{
    task: { type: "image-classification", name: "Image classification" },
    dataset: { type: "imagefolder", name: `${split} split of the run`, split },
    metrics: [
      ...metric("accuracy", "Top-1 accuracy", metrics.top1),
      ...metric("accuracy", "Top-5 accuracy", metrics.top5),
      ...metric("f1", "Macro F1", metrics.macro.f1),
      ...metric("precision", "Macro precision", metrics.macro.precision),
      ...metric("recall", "Macro recall", metrics.macro.recall),
      ...metric("loss", "Cross-entropy", metrics.loss),
    ],
  }];
  const tags = ["image-classification", "resnet", "headstart"];
  return [
    "---",
    `license: ${HUB_LICENCES[backbone.licence] ?? "unknown"}`,
    `library_name: ${format.library}`,
    "pipeline_tag: image-classification",
    `tags: ${JSON.stringify(tags)}`,
    `model-index: ${JSON.stringify([{ name: run, results }])}`,
    "---",
  ].join("\n");
}

/** What the numbers of the evaluation say against the model. */
function listLimits({ metrics, split, half }: ExportFacts): string[] {
  const { perClass, confused, calibration, samples, intervals } = metrics;
  const name = ({ name }: NamedClassScores) => escape(name);
  const list = (classes: NamedClassScores[]) =>
    classes.slice(0, MOST_WEAK).map((one) =>
      `${name(one)} (${percent(one.recall)} of ${one.support})`
    ).join(", ");
  const weak = perClass.filter(({ support }) => support > 0)
    .toSorted((a, b) => a.recall - b.recall);
  const few = perClass.filter(({ support }) => support < FEW_SAMPLES);
  const { before, after } = calibration;
  const [low, high] = intervals.top1.map(percent);
  const pairs = confused.slice(0, MOST_WEAK).map((pair) =>
    `${escape(pair.true)} taken for ${escape(pair.predicted)} (${pair.count})`
  );
  const error = percent((after ?? before).ece);
  return [
    `Evaluated on ${samples} photos of the ${split} split: top-1 accuracy lies between ${low} and ${high} (95 % interval).`,
    `Classes found least often: ${list(weak)}.`,
    ...pairs.length > 0 ? [`Most confused: ${pairs.join(", ")}.`] : [],
    ...few.length > 0
      ? [
        `${few.length} of ${perClass.length} classes have fewer than ${FEW_SAMPLES} photos in that split, so their scores say little.`,
      ]
      : [],
    `Expected calibration error: ${error}${
      after ? ", with the temperature" : "; probabilities are not calibrated"
    }.`,
    "Every photo gets one of the classes, also one that shows none of them.",
    ...half ? ["Weights are in half precision; see Agreement."] : [],
  ];
}

function describeCheck({ agreement, runtime, half }: ExportCheck): string {
  const { photos, sameTop1, largestDifference } = agreement;
  const same =
    `Run in ${runtime} on ${photos} photos of the evaluated split before it was given its name: the
likeliest class is that of the run on ${sameTop1}, and the largest difference of a probability
is ${largestDifference.toExponential(1)}.`;
  if (half === null) return same;
  return `${same} In half precision top-1 accuracy on all ${half.photos} photos of the split is
${percent(half.top1After)}; it was ${percent(half.top1Before)}.`;
}

/** The table of the classes. */
function classTable({ metrics: { perClass } }: ExportFacts): string {
  const rows = perClass.map(({ name, precision, recall, f1, support }, label) =>
    `| ${label} | ${escape(name)} | ${percent(precision)} | ${
      percent(recall)
    } | ${percent(f1)} | ${support} |`
  );
  return [
    "| Label | Class | Precision | Recall | F1 | Photos |",
    "| ---: | --- | ---: | ---: | ---: | ---: |",
    ...rows,
  ].join("\n");
}

/** How photos become the input of the model. */
function describePixels({ preprocessing }: ExportFacts): string {
  const { geometry } = preprocessing;
  const { imageSize: side, resize, shortSide, interpolation } = geometry;
  const size = `${side}×${side} pixels`;
  const square = resize === "stretch"
    ? `stretched to ${size}`
    : `resized so that the short side has ${shortSide} pixels, and cut to the ${size} at the centre`;
  const turned = geometry.orientation === "apply"
    ? "turned by their EXIF orientation, "
    : "not turned by their EXIF orientation, ";
  return `Photos are decoded to RGB, ${turned}${square} (${interpolation}, as Pillow does it).
\`preprocessing.json\` has it in full; \`golden.safetensors\` has the pixels of some photos with
the logits and probabilities that the run gives them.`;
}

/** What is known of an export when its card is written. */
export interface CardFacts {
  /** The model. */
  facts: ExportFacts;
  format: ExportFormat;
  check: ExportCheck;
}

/**
 * Renders the model card.
 *
 * @returns The text of `README.md`.
 */
export function renderCard({ facts, format, check }: CardFacts): string {
  const { backbone, metrics, temperature } = facts;
  const licence = backbone.licence === "unknown"
    ? "is unknown: ask whoever published the weight file"
    : `is ${backbone.licence}`;
  return `${frontMatter(facts, format)}

# ${escape(facts.run)}

A classifier of ${metrics.perClass.length} classes: a frozen ${backbone.network}${
    backbone.preset === null ? "" : ` (\`${backbone.preset}\`)`
  } with a trained head. Top-1 accuracy is
${
    percent(metrics.top1)
  } on the ${facts.split} split of ${metrics.samples} photos.

The licence of the backbone's weights ${licence}. The head was trained on photos whose
licence is not known here.

## Use

${describePixels(facts)}

${format.describeUse(facts)}

Probabilities are softmax(logits / ${temperature}); the temperature ${
    temperature === 1
      ? "of 1 leaves them as they are"
      : "was fitted on the validation split"
  }.

## Classes

${classTable(facts)}

## Limits

${listLimits(facts).map((line) => `- ${line}`).join("\n")}

## Agreement

${describeCheck(check)}
`;
}
