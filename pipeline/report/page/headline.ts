/**
 * The headline of the page: how good the head is, in a line and a few numbers.
 */

import type { Metrics } from "../../metrics/schema.ts";
import type { ReportData } from "./data.ts";
import { printable } from "../../shown_text.ts";
import { count, decimal, name, percent, whole } from "./format.ts";
import { type Html, html } from "./html.ts";

/** A number with its name. */
function tile(title: string, value: string, note: string): Html {
  return html`
    <div class="tile">
      <dt>${title}</dt>
      <dd><b>${value}</b> <small>${note}</small></dd>
    </div>
  `;
}

/** Draws where the accuracy lies between 0 and 1. */
function renderInterval({ top1, intervals }: Metrics): Html {
  const [low, high] = intervals.top1;
  const at = (share: number) => (share * 100).toFixed(2);
  const width = Math.max(0.5, (high - low) * 100).toFixed(2);
  return html`
    <svg class="interval" viewBox="0 0 100 6" preserveAspectRatio="none"
      aria-hidden="true">
      <rect class="track" x="0" y="2" width="100" height="2" />
      <rect class="range" x="${at(low)}" y="1" width="${width}" height="4" />
      <rect class="point" x="${at(top1)}" y="0" width="0.6" height="6" />
    </svg>
  `;
}

/** Says which classes do best and worst, where they differ. */
function renderExtremes({ perClass }: Metrics): Html | false {
  const seen = perClass.filter(({ support }) => support > 0);
  if (seen.length < 2) return false;
  const first = (sign: number) =>
    seen.reduce((a, b) => sign * (b.recall - a.recall) > 0 ? b : a);
  const [best, worst] = [first(1), first(-1)];
  if (best.recall === worst.recall) return false;
  const found = ({ recall, support }: typeof best) =>
    `${percent(recall, 0)} of its ${count(support, "photo")}`;
  return html`Of the classes, ${name(best.name)} is found best (${
    found(best)
  }) and ${name(worst.name)} worst (${found(worst)}).`;
}

export function renderHeadline(
  { run, split, metrics, betterBackbone }: ReportData,
): Html {
  const { samples, top1, top5, intervals, perClass, loss, macro } = metrics;
  const { kappa, mcc, ranking, calibration } = metrics;
  const right = Math.round(top1 * samples);
  const largest = Math.max(...perClass.map(({ support }) => support)) / samples;
  const [low, high] = intervals.top1;
  const level = percent(intervals.level, 0);
  return html`<section id="headline" aria-labelledby="headline-title">
<h1 id="headline-title"><small>Run ${
    name(run)
  }, split ${split}</small> <span class="figure">${percent(top1)}</span> of ${
    count(samples, "photo")
  } are right</h1>
${renderInterval(metrics)}
<p class="lead">${whole(right)} of ${whole(samples)} in ${
    perClass.length === 1 ? "one class" : `${whole(perClass.length)} classes`
  }; of other photos like these ${percent(low)} to ${
    percent(high)
  } would be right (${level} interval). Guessing the largest class would be right for ${
    percent(largest)
  }. ${renderExtremes(metrics)}</p>
${
    betterBackbone !== null &&
    html`
      <p
        class="note">The embedded backbone <code>tiny</code> is for trying things out, and likely the limit here. Next: <code>deno task prepare --run ${printable(
          run,
        )} --backbone ${betterBackbone}</code>, a full-size network.</p>
    `
  }
<dl class="tiles">
${
    top5 !== null &&
    tile("Top-5 accuracy", percent(top5), "true class among the five likeliest")
  }
${tile("Macro F1", decimal(macro.f1), "mean of classes; 1 is best")}
${tile("Loss", decimal(loss), "cross-entropy, nats; 0 is best")}
${
    tile(
      "Calibration error",
      percent(calibration.before.ece),
      "confidence beside accuracy; 0 is best",
    )
  }
${
    tile(
      "ROC-AUC",
      decimal(ranking.rocAuc),
      "each class against the rest; 1 is best",
    )
  }
${tile("Kappa", decimal(kappa), "agreement beyond chance; 1 is best")}
${tile("MCC", decimal(mcc), "Matthews' correlation; 1 is best")}
</dl>
</section>`;
}
