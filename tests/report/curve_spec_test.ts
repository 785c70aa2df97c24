import { assertEquals, assertMatch } from "@std/assert";
import {
  type CurvePoint,
  toPanelSpecs,
  toSpec,
} from "../../pipeline/report/curve_spec.ts";
import { PAGE_PALETTE, renderSvg } from "../../pipeline/report/plot.ts";

/** The parts of the specification that the tests read. */
interface Spec {
  hconcat: {
    layer: {
      data: { values: unknown[] };
      mark: { type: string; point?: unknown; text?: string; align?: string };
      encoding: {
        x: { datum?: number; scale?: { domain: number[] } };
        color?: { scale: { domain: string[]; range: string[] } };
      };
    }[];
  }[];
}

/** The layers of both panels. */
function layersOf(history: CurvePoint[], bestEpoch?: number) {
  const { hconcat } = toSpec(history, { bestEpoch }) as unknown as Spec;
  return hconcat.map(({ layer }) => layer);
}

/** Epochs from 1 without validation. */
function trainOnly(count: number): CurvePoint[] {
  return Array.from({ length: count }, (_, i) => ({
    epoch: i + 1,
    trainLoss: 1 / (i + 1),
    trainAccuracy: 0.5,
  }));
}

Deno.test("toSpec() puts loss into the left panel and accuracy into the right one", () => {
  const [loss, accuracy] = layersOf([
    {
      epoch: 1,
      trainLoss: 2,
      trainAccuracy: 0.25,
      validationLoss: 3,
      validationAccuracy: 0.5,
    },
  ]);
  assertEquals(loss![0]!.data.values, [
    { epoch: 1, split: "train", value: 2 },
    { epoch: 1, split: "validation", value: 3 },
  ]);
  assertEquals(accuracy![0]!.data.values, [
    { epoch: 1, split: "train", value: 0.25 },
    { epoch: 1, split: "validation", value: 0.5 },
  ]);
});

Deno.test("toSpec() leaves out numbers that are missing or not finite", () => {
  const point = { trainLoss: 2, trainAccuracy: 0.25, validationAccuracy: 0 };
  const [loss, accuracy] = layersOf([
    { ...point, epoch: 1, validationLoss: undefined },
    { ...point, epoch: 2, trainLoss: NaN, validationLoss: Infinity },
  ]);
  assertEquals(loss![0]!.data.values, [
    { epoch: 1, split: "train", value: 2 },
  ]);
  assertEquals(accuracy![0]!.data.values.length, 4);
});

Deno.test("toSpec() gives both panels the splits that either has", () => {
  const [train] = trainOnly(1);
  const both = layersOf([{ ...train!, validationAccuracy: 0.5 }]);
  for (const [lines] of both) {
    assertEquals(lines!.encoding.color!.scale, {
      domain: ["train", "validation"],
      range: ["#0072B2", "#D55E00"],
    });
  }
  for (const [lines] of layersOf([train!])) {
    assertEquals(lines!.encoding.color!.scale, {
      domain: ["train"],
      range: ["#0072B2"],
    });
  }
});

Deno.test("toSpec() spans the epochs, with a single one in the middle", () => {
  const resumed = trainOnly(9).slice(4);
  const domains = [trainOnly(1), trainOnly(3), resumed].map((history) =>
    layersOf(history)[0]![0]!.encoding.x.scale!.domain
  );
  assertEquals(domains, [[0.5, 1.5], [1, 3], [5, 9]]);
});

Deno.test("toSpec() marks the best epoch in both panels when it is given", () => {
  for (const [_, rule, label] of layersOf(trainOnly(4), 2)) {
    assertEquals([rule!.mark.type, rule!.encoding.x.datum], ["rule", 2]);
    assertEquals([label!.mark.text, label!.mark.align], [
      "best epoch 2",
      "left",
    ]);
  }
  assertEquals(layersOf(trainOnly(4), 3)[0]![2]!.mark.align, "right");
  assertEquals(layersOf(trainOnly(4)).map(({ length }) => length), [1, 1]);
});

Deno.test("toSpec() draws dots when they have room", () => {
  const dots = [25, 26].map((count) =>
    layersOf(trainOnly(count))[0]![0]!.mark.point
  );
  assertEquals(dots, [{ size: 28, filled: true }, false]);
});

Deno.test("toPanelSpecs() draws each panel by itself, in colours of the page", async () => {
  const specs = toPanelSpecs(trainOnly(4), { bestEpoch: 2 }, PAGE_PALETTE);
  const [loss, accuracy] = await Promise.all(specs.map(renderSvg));
  const sizeOf = (svg: string) => /viewBox="0 0 (\d+) (\d+)"/.exec(svg)![2];
  assertEquals(sizeOf(loss!), sizeOf(accuracy!));
  assertEquals(loss!.includes('stroke="var(--blue)"'), true);
  assertEquals(/#[0-9a-f]{6}"|white/i.test(loss!), false);
});

/** A training whose validation stops getting better half-way. */
const HISTORY: CurvePoint[] = Array.from({ length: 8 }, (_, i) => ({
  epoch: i + 1,
  trainLoss: 2 / (i + 1),
  trainAccuracy: 1 - 0.7 / (i + 1),
  validationLoss: 1 + (i - 4) ** 2 / 20,
  validationAccuracy: 0.8 - (i - 4) ** 2 / 50,
}));

/** The same without validation. */
const TRAIN_ONLY: CurvePoint[] = HISTORY.map((
  { epoch, trainLoss, trainAccuracy },
) => ({ epoch, trainLoss, trainAccuracy }));

/** The texts of an SVG, in order. */
function textsOf(svg: string): string[] {
  return [...svg.matchAll(/<text[^>]*>([^<]+)<\/text>/g)].map(([, text]) =>
    text!
  );
}

/** Number of lines that are drawn in a colour. */
function countLines(svg: string, colour: string): number {
  const lines = svg.matchAll(/<path aria-label="epoch[^>]*stroke="([^"]+)"/g);
  return [...lines].filter(([, stroke]) => stroke === colour).length;
}

Deno.test("renderSvg() draws two lines in each of two panels", async () => {
  const svg = await renderSvg(toSpec(HISTORY, { bestEpoch: 5 }));
  assertMatch(svg, /^<svg [^]*<\/svg>$/);
  assertEquals(countLines(svg, "#0072B2"), 2);
  assertEquals(countLines(svg, "#D55E00"), 2);
  const count = (text: string) =>
    textsOf(svg).filter((found) => found === text).length;
  assertEquals(count("epoch"), 2);
  assertEquals(count("loss (nats)"), 1);
  assertEquals(count("top-1 accuracy"), 1);
  assertEquals(count("best epoch 5"), 2);
  assertEquals([count("train"), count("validation")], [1, 1]);
});

Deno.test("toSpec(), drawn, draws training alone when there is no validation", async () => {
  const svg = await renderSvg(toSpec(TRAIN_ONLY));
  assertEquals(countLines(svg, "#0072B2"), 2);
  assertEquals(countLines(svg, "#D55E00"), 0);
  assertEquals(textsOf(svg).includes("validation"), false);
  assertEquals(svg.includes("best epoch"), false);
});

Deno.test("toSpec(), drawn, draws a single epoch", async () => {
  const svg = await renderSvg(toSpec(HISTORY.slice(0, 1), { bestEpoch: 1 }));
  assertEquals(textsOf(svg).filter((text) => text === "1").length, 2);
  assertEquals(/NaN|Infinity|undefined/.test(svg), false);
});

Deno.test("toSpec(), drawn, draws a training that has diverged", async () => {
  const history = TRAIN_ONLY.map((point) => ({ ...point, trainLoss: NaN }));
  assertEquals(
    /NaN|Infinity|undefined/.test(await renderSvg(toSpec(history))),
    false,
  );
});

Deno.test("toSpec(), drawn, makes the same bytes when called again", async () => {
  const [first, second] = [
    await renderSvg(toSpec(HISTORY, { bestEpoch: 5 })),
    await renderSvg(toSpec(HISTORY, { bestEpoch: 5 })),
  ];
  assertEquals(first, second);
  // Vega counts its ids by process, so that one would tell how much was drawn before.
  assertEquals(/ id="|url\(#/.test(first), false);
});
