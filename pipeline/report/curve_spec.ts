/** The curves of a training as a specification of Vega-Lite. */

import type { TopLevelSpec } from "vega-lite";
import { FILE_PALETTE, type Palette, plotConfig } from "./plot.ts";

/** One mark with its data and encoding: an element of a `layer`. */
type UnitLayer = Extract<
  Extract<TopLevelSpec, { layer: unknown }>["layer"][number],
  { mark: unknown }
>;

/** Loss and accuracy of an epoch. */
export interface CurvePoint {
  /** Number of the epoch, from 1. */
  epoch: number;
  /** Mean cross-entropy of the training samples, in nats. */
  trainLoss: number;
  /** Top-1 accuracy of the training samples, in `[0, 1]`. */
  trainAccuracy: number;
  /** Mean cross-entropy of the validation samples, in nats, where it was measured. */
  validationLoss?: number | undefined;
  /** Top-1 accuracy of the validation samples, in `[0, 1]`, where it was measured. */
  validationAccuracy?: number | undefined;
}

/** What is drawn besides the numbers. */
export interface CurveOptions {
  /** Epoch to mark by a rule, if any. */
  bestEpoch?: number | undefined;
  /** The split that the numbers called `validation…` are of. @default {"validation"} */
  heldOut?: string | null;
}

/** The lines of a panel, in the order of the legend. */
const SPLITS = ["train", "validation"] as const;

type Split = typeof SPLITS[number];

/** A point of a line, in the form that Vega-Lite wants. */
interface Datum {
  epoch: number;
  split: Split;
  value: number;
}

/** A panel: loss, or accuracy. */
interface Panel {
  title: string;
  read: (point: CurvePoint) => Record<Split, number | undefined>;
  scale: { zero: true } | { domain: [number, number] };
  axis: { tickCount: number; format?: string };
}

/** Up to this many epochs each has a dot; more would hide the lines. */
const MAX_DOTS = 25;

/** The panels, from left to right. */
const PANELS: Panel[] = [
  {
    title: "loss (nats)",
    read: (point) => ({
      train: point.trainLoss,
      validation: point.validationLoss,
    }),
    scale: { zero: true },
    axis: { tickCount: 5 },
  },
  {
    title: "top-1 accuracy",
    read: (point) => ({
      train: point.trainAccuracy,
      validation: point.validationAccuracy,
    }),
    scale: { domain: [0, 1] },
    axis: { tickCount: 5, format: ".0%" },
  },
];

/** Lists the points of a panel, but for what is missing or not finite. */
function toData(history: readonly CurvePoint[], { read }: Panel): Datum[] {
  return history.flatMap((point) => {
    const values = read(point);
    return SPLITS.flatMap((split) => {
      const value = values[split];
      return Number.isFinite(value)
        ? [{ epoch: point.epoch, split, value: value! }]
        : [];
    });
  });
}

/** What both panels share. */
interface Frame {
  /** Ends of the horizontal axis. */
  domain: [number, number];
  hasDots: boolean;
  splits: Split[];
  palette: Palette;
  /** Names of the splits on the legend. */
  names: Record<Split, string>;
}

/** Finds axis and splits of both panels. */
function toFrame(
  history: readonly CurvePoint[],
  { heldOut }: CurveOptions,
  palette: Palette,
): Frame {
  const epochs = history.map(({ epoch }) => epoch);
  const first = epochs.reduce((a, b) => Math.min(a, b));
  const last = epochs.reduce((a, b) => Math.max(a, b));
  // A single epoch stands in the middle: a scale needs some width.
  const margin = first === last ? 0.5 : 0;
  const data = PANELS.flatMap((panel) => toData(history, panel));
  return {
    domain: [first - margin, last + margin],
    hasDots: epochs.length <= MAX_DOTS,
    splits: SPLITS.filter((split) => data.some((d) => d.split === split)),
    palette,
    names: { train: "train", validation: heldOut ?? "validation" },
  };
}

/** The line of each split. */
function toLines(data: Datum[], panel: Panel, frame: Frame): UnitLayer {
  const { domain, hasDots, splits, palette, names } = frame;
  return {
    data: { values: data.map((d) => ({ ...d, split: names[d.split] })) },
    mark: {
      type: "line",
      strokeWidth: 2,
      point: hasDots && { size: 28, filled: true },
    },
    encoding: {
      x: {
        field: "epoch",
        type: "quantitative",
        title: "epoch",
        scale: { domain, nice: false },
        axis: { tickMinStep: 1, format: "d", grid: false },
      },
      y: {
        field: "value",
        type: "quantitative",
        title: panel.title,
        scale: panel.scale,
        axis: panel.axis,
      },
      color: {
        field: "split",
        type: "nominal",
        title: null,
        scale: {
          domain: splits.map((split) => names[split]),
          range: splits.map((split) => palette[split]),
        },
        ...palette.hasLegend ? {} : { legend: null },
      },
    },
  };
}

/** A vertical rule with its label, on the side of it where there is room. */
function toMark(epoch: number, frame: Frame): UnitLayer[] {
  const { domain: [first, last], palette: { ink } } = frame;
  const isRight = epoch > (first + last) / 2;
  const data = { values: [{}] };
  const x = { datum: epoch };
  const rule: UnitLayer = {
    data,
    mark: { type: "rule", color: ink, strokeDash: [2, 3] },
    encoding: { x },
  };
  const label: UnitLayer = {
    data,
    mark: {
      type: "text",
      text: `best epoch ${epoch}`,
      color: ink,
      align: isRight ? "right" : "left",
      baseline: "bottom",
      dx: isRight ? 4 : -4,
      dy: -4,
    },
    encoding: { x, y: { value: 0 } },
  };
  return [rule, label];
}

/** Layers of each panel: its lines, and the mark of the best epoch. */
function toPanels(
  history: readonly CurvePoint[],
  options: CurveOptions,
  palette: Palette,
) {
  const frame = toFrame(history, options, palette);
  const { bestEpoch: best } = options;
  const marks = best === undefined ? [] : toMark(best, frame);
  return PANELS.map((panel) => ({
    ...palette.panel,
    layer: [toLines(toData(history, panel), panel, frame), ...marks],
  }));
}

/** Padding and look of a plot. */
function toTop(palette: Palette) {
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    padding: palette.padding,
    config: plotConfig(palette),
  };
}

/**
 * Specifies two panels, loss and accuracy, with a line for each split.
 *
 * Numbers that are missing or not finite are left out, and a split without others.
 * Both panels share the legend, and end where the epochs end.
 *
 * @param history The epochs, in order; at least one.
 * @param options The epoch to mark, and the split that was held out.
 */
export function toSpec(
  history: readonly CurvePoint[],
  options: CurveOptions = {},
): TopLevelSpec {
  return {
    ...toTop(FILE_PALETTE),
    spacing: 36,
    hconcat: toPanels(history, options, FILE_PALETTE),
  };
}

/**
 * Specifies the same panels each by itself, in other colours.
 *
 * @param history The epochs, in order; at least one.
 */
export function toPanelSpecs(
  history: readonly CurvePoint[],
  options: CurveOptions,
  palette: Palette,
): TopLevelSpec[] {
  return toPanels(history, options, palette)
    .map((panel) => ({ ...toTop(palette), ...panel }));
}
