/**
 * Plots: their colours in a file and on the page, and Vega, which draws them.
 */

import type { Config, TopLevelSpec } from "vega-lite";

/** Colours of a plot, and what stands around it. */
export interface Palette {
  /** Lines of the training split, and all that is right. */
  train: string;
  /** Lines of the validation split. */
  validation: string;
  /** Text and marks. */
  ink: string;
  grid: string;
  axis: string;
  /** Ground; `null` for that of the page. */
  background: string | null;
  /** Width and height of a panel, in pixels. */
  panel: { width: number; height: number };
  /** Least and largest width of the numbers of an axis, in pixels: equal ones make plots that are as wide. */
  axisExtent: { minExtent?: number; maxExtent?: number };
  /** Distance to the edge of the picture, in pixels. */
  padding: number;
  hasLegend: boolean;
  /** Whether each mark carries a text for screen readers. */
  hasAria: boolean;
}

/**
 * For a file. Blue and vermilion stay apart in every common kind of colour
 * blindness.
 *
 * Source: Okabe and Ito, Color Universal Design, https://jfly.uni-koeln.de/color/.
 */
export const FILE_PALETTE: Palette = {
  train: "#0072B2",
  validation: "#D55E00",
  ink: "#444444",
  grid: "#e4e4e4",
  axis: "#999999",
  background: "white",
  panel: { width: 340, height: 230 },
  axisExtent: {},
  padding: 12,
  hasLegend: true,
  hasAria: true,
};

/** For the page: its variables, so that a plot turns dark with it. */
export const PAGE_PALETTE: Palette = {
  train: "var(--blue)",
  validation: "var(--orange)",
  ink: "var(--muted)",
  grid: "var(--line)",
  axis: "var(--strong-line)",
  background: null,
  // Small, since a phone shows it as it is.
  panel: { width: 290, height: 200 },
  axisExtent: { minExtent: 34, maxExtent: 34 },
  padding: 4,
  hasLegend: false,
  // A picture with one text; its marks would be read one by one.
  hasAria: false,
};

/** Returns the look of axes and legend. */
export function plotConfig(palette: Palette): Config {
  const { ink, grid, axis, background, hasAria, axisExtent } = palette;
  return {
    ...hasAria ? {} : { aria: false },
    background: background as string,
    font: "sans-serif",
    view: { stroke: null },
    axis: {
      labelColor: ink,
      titleColor: ink,
      titleFontWeight: "normal",
      titleFontSize: 12,
      labelFontSize: 11,
      labelFlush: false,
      gridColor: grid,
      domainColor: axis,
      tickColor: axis,
    },
    axisY: axisExtent,
    legend: {
      orient: "top",
      labelFontSize: 12,
      labelColor: ink,
      symbolType: "stroke",
      symbolStrokeWidth: 3,
    },
  };
}

/**
 * Draws a specification. Equal ones give equal bytes.
 *
 * Vega is loaded on the first call: it is the largest dependency but for tfjs.
 */
export async function renderSvg(specification: TopLevelSpec): Promise<string> {
  const [vega, vegaLite] = await Promise.all([
    import("vega"),
    import("vega-lite"),
  ]);
  const { spec } = vegaLite.compile(specification);
  const view = new vega.View(vega.parse(spec), { renderer: "none" });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}
