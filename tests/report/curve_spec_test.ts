import { assertEquals } from "@std/assert";
import {
  type CurvePoint,
  toPanelSpecs,
  toSpec,
} from "../../pipeline/report/curve_spec.ts";
import { PAGE_PALETTE } from "../../pipeline/report/palette.ts";
import { renderSvg } from "../../pipeline/report/render_svg.ts";

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
  const { hconcat } = toSpec(history, bestEpoch) as unknown as Spec;
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
  const specs = toPanelSpecs(trainOnly(4), 2, PAGE_PALETTE);
  const [loss, accuracy] = await Promise.all(specs.map(renderSvg));
  const sizeOf = (svg: string) => /viewBox="0 0 (\d+) (\d+)"/.exec(svg)![2];
  assertEquals(sizeOf(loss!), sizeOf(accuracy!));
  assertEquals(loss!.includes('stroke="var(--blue)"'), true);
  assertEquals(/#[0-9a-f]{6}"|white/i.test(loss!), false);
});
