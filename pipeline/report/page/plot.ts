/**
 * Plots on the page.
 *
 * @module
 */

import { type Html, html, raw } from "./html.ts";

/**
 * Renders a plot that Vega has drawn, with a text in its place for screen readers.
 *
 * @param svg The SVG, from `renderSvg` in the colours of the page.
 */
export function renderPlot(svg: string, label: string): Html {
  // One picture with one text: what its groups say of themselves would be read as well.
  const plain = svg.replace(/ (role|aria-[a-z]+|xmlns(:xlink)?)="[^"]*"/g, "");
  return html`<div class="plot" role="img" aria-label="${label}">${
    raw(plain)
  }</div>`;
}
