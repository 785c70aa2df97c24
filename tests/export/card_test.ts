import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { renderCard } from "../../pipeline/export/card.ts";
import type { ExportCheck } from "../../pipeline/export/check.ts";
import type { ExportFacts } from "../../pipeline/export/format.ts";
import { ONNX } from "../../pipeline/export/onnx.ts";
import { resolvePreprocessing } from "../../pipeline/image/preprocessing.ts";
import { computeCase } from "../metrics/support.ts";

/** Five photos of three classes; the first class is named to break a page. */
const METRICS = computeCase({
  classNames: ["<b>|`a`\n# x", "bee", "cat"],
  labels: [0, 0, 1, 1, 2],
  logits: [3, 0, 0, 0, 3, 0, 0, 3, 0, 0, 3, 0, 0, 3, 0],
  seed: 1,
  validation: null,
});

const FACTS: ExportFacts = {
  run: "flowers",
  fingerprint: "f".repeat(64),
  classNames: METRICS.perClass.map(({ name }) => name),
  preprocessing: resolvePreprocessing("torch", { imageSize: 224 }),
  temperature: 1,
  backbone: {
    preset: "torchvision-v1",
    network: "ResNet-101",
    width: 64,
    variant: "torchvision",
    digest: "d".repeat(64),
    licence: "BSD-3-Clause",
  },
  split: "test",
  metrics: METRICS,
  half: false,
  floatInput: false,
};

const CHECK: ExportCheck = {
  runtime: "a runtime",
  agreement: { photos: 5, sameTop1: 5, largestDifference: 2e-7 },
  tolerance: 1e-4,
  half: null,
};

/** Renders a card. */
function render(facts = FACTS, check = CHECK): string {
  return renderCard({ facts, format: ONNX, check });
}

/** Reads the front matter, whose values are words or JSON. */
function frontMatter(card: string): Record<string, unknown> {
  const [, text] = card.split("---\n");
  return Object.fromEntries(
    text!.trim().split("\n").map((line) => {
      const [, name, value] = /^([a-z_-]+): (.*)$/.exec(line)!;
      return [name, /^[[{"]/.test(value!) ? JSON.parse(value!) : value];
    }),
  );
}

Deno.test("renderCard() begins with what the hub reads", () => {
  const { "model-index": index, ...rest } = frontMatter(render());
  assertEquals(rest, {
    license: "bsd-3-clause",
    library_name: "onnx",
    pipeline_tag: "image-classification",
    tags: ["image-classification", "resnet", "headstart"],
  });
  const [{ name, results: [result] }] = index as [
    { name: string; results: [Record<string, unknown>] },
  ];
  assertEquals(name, "flowers");
  assertEquals(result.task, {
    type: "image-classification",
    name: "Image classification",
  });
  const [top1, next] = result.metrics as Record<string, unknown>[];
  assertEquals(top1, {
    type: "accuracy",
    name: "Top-1 accuracy",
    value: METRICS.top1,
  });
  // Of three classes the five likeliest are all.
  assertEquals(next!.name, "Macro F1");
});

Deno.test("renderCard() says what the evaluation says against the model", () => {
  const card = render();
  for (
    const line of [
      "cat (0.0 % of 1)",
      "cat taken for bee (1)",
      "3 of 3 classes have fewer than 20 photos",
      "probabilities are not calibrated",
      "so that the short side has 256 pixels",
      "likeliest class is that of the run on 5",
      "ORT_DISABLE_TELEMETRY=1",
    ]
  ) assertStringIncludes(card, line);
});

Deno.test("renderCard() shows names as they are, on one line", () => {
  const card = render();
  assertStringIncludes(card, "\\<b\\>\\|\\`a\\` \\# x");
  assert(!card.includes("\n# x"));
});

Deno.test("renderCard() says that a licence is unknown, and what half precision costs", () => {
  const backbone = { ...FACTS.backbone, preset: null, licence: "unknown" };
  const half = { photos: 5, top1Before: 0.8, top1After: 0.6 };
  const card = render({ ...FACTS, backbone, half: true }, { ...CHECK, half });
  assertEquals(frontMatter(card).license, "unknown");
  assertStringIncludes(card, "weights is unknown");
  assertStringIncludes(card, "60.0 %; it was 80.0 %");
});
