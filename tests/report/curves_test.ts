import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { type CurvePoint, renderCurves } from "../../pipeline/report/curves.ts";

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

Deno.test("renderCurves() draws two lines in each of two panels", async () => {
  const svg = await renderCurves(HISTORY, { bestEpoch: 5 });
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

Deno.test("renderCurves() draws training alone when there is no validation", async () => {
  const svg = await renderCurves(TRAIN_ONLY);
  assertEquals(countLines(svg, "#0072B2"), 2);
  assertEquals(countLines(svg, "#D55E00"), 0);
  assertEquals(textsOf(svg).includes("validation"), false);
  assertEquals(svg.includes("best epoch"), false);
});

Deno.test("renderCurves() draws a single epoch", async () => {
  const svg = await renderCurves(HISTORY.slice(0, 1), { bestEpoch: 1 });
  assertEquals(textsOf(svg).filter((text) => text === "1").length, 2);
  assertEquals(/NaN|Infinity|undefined/.test(svg), false);
});

Deno.test("renderCurves() draws a training that has diverged", async () => {
  const history = TRAIN_ONLY.map((point) => ({ ...point, trainLoss: NaN }));
  assertEquals(
    /NaN|Infinity|undefined/.test(await renderCurves(history)),
    false,
  );
});

Deno.test("renderCurves() makes the same bytes when called again", async () => {
  const [first, second] = [
    await renderCurves(HISTORY, { bestEpoch: 5 }),
    await renderCurves(HISTORY, { bestEpoch: 5 }),
  ];
  assertEquals(first, second);
  // Vega counts its ids by process, so that one would tell how much was drawn before.
  assertEquals(/ id="|url\(#/.test(first), false);
});

Deno.test("renderCurves() throws when there is no epoch", async () => {
  await assertRejects(
    () => renderCurves([]),
    RangeError,
    "Cannot draw curves as there must be at least one epoch: there are 0",
  );
});

Deno.test("renderCurves() throws when the best epoch is not drawn", async () => {
  await assertRejects(
    () => renderCurves(HISTORY, { bestEpoch: 9 }),
    RangeError,
    "Cannot mark the best epoch as it must be one of the 8 drawn: current value is 9",
  );
});
