/**
 * Specifications of Vega-Lite drawn as SVG, without a browser.
 *
 * @module
 */

import type { TopLevelSpec } from "vega-lite";

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
