/** The page that an evaluation ends in: one file that needs nothing else. */

import { inferno } from "../heatmap.ts";
import { renderCalibrationSection } from "./calibration.ts";
import { renderClassSection } from "./classes.ts";
import { renderConfusionSection } from "./confusion.ts";
import { renderCurveSection } from "./curves.ts";
import type { ReportData } from "./data.ts";
import { renderFactSection } from "./facts.ts";
import { renderFindingSection } from "./findings.ts";
import { printable } from "../../shown_text.ts";
import { percent } from "./format.ts";
import { renderHeadline } from "./headline.ts";
import { html, renderDocument } from "./html.ts";
import { renderMistakeSection } from "./mistakes.ts";
import { renderThumbnails } from "./photo.ts";
import { FIRST_SCRIPT, SCRIPT } from "./script.ts";
import { BASE_STYLE, PRINT_STYLE } from "./style_base.ts";
import { SECTION_STYLE } from "./style_sections.ts";

/** The sections that the head of the page leads to. */
const SECTIONS = [
  ["headline", "Result"],
  ["curves", "Training"],
  ["confusion", "Confusion"],
  ["classes", "Classes"],
  ["calibration", "Calibration"],
  ["mistakes", "Mistakes"],
  ["findings", "Findings"],
  ["facts", "What was run"],
] as const;

/** Colours of the ramp that explains heatmaps. */
const RAMP: string = Array.from(
  { length: 9 },
  (_, i) => `rgb(${inferno(i / 8).join(" ")})`,
).join(", ");

/** Renders the page. Equal data gives equal bytes. */
export async function renderReport(data: ReportData): Promise<string> {
  const { run, split, metrics } = data;
  const body = html`
    <a class="skip" href="#main">Skip to the result</a>
    <header class="top">
      <div><nav aria-label="Sections"><ul>${SECTIONS.map(([id, title]) =>
        html`<li><a href="#${id}">${title}</a></li>`
      )}</ul></nav><button type="button" id="theme" class="needs-script" aria-label="Dark colours" aria-pressed="false"></button></div>
    </header>
    <main id="main" tabindex="-1">
    ${renderHeadline(data)}
    ${await renderCurveSection(data)}
    ${renderConfusionSection(data)}
    ${renderClassSection(data)}
    ${await renderCalibrationSection(data)}
    ${await renderMistakeSection(data)}
    ${renderFindingSection(data)}
    ${renderFactSection(data)}
    </main>
    <footer>Made by Headstart. The numbers are in metrics.json, every photo is in predictions.jsonl beside the other files of the evaluation.</footer>
    ${renderThumbnails(data)}
  `;
  return renderDocument({
    title: `${percent(metrics.top1)} right: run ${printable(run)}, ${split}`,
    body,
    firstScripts: [FIRST_SCRIPT],
    scripts: [SCRIPT],
    styles: [BASE_STYLE, SECTION_STYLE.replace("RAMP", RAMP), PRINT_STYLE],
  });
}
