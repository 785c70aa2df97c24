/** What a comparison says to people. */

import type {
  ChangedPhoto,
  ChangedPhotos,
  ComparedPair,
  ComparedRun,
  Comparison,
  RunScores,
} from "../../mod.ts";
import { printable } from "../../pipeline/shown_text.ts";
import { renderTable } from "./tables.ts";
import { count, percent } from "./words.ts";

/** Changed photos of a kind that are shown. */
const SHOWN_PHOTOS = 3;

/** Classes that are shown of those that gained or lost. */
const SHOWN_CLASSES = 3;

/** A row a number: title, key, and whether it is a percentage. */
const ROWS: readonly (readonly [string, keyof RunScores, boolean])[] = [
  ["top-1", "top1", true],
  ["top-5", "top5", true],
  ["loss", "loss", false],
  ["macro F1", "macroF1", false],
  ["kappa", "kappa", false],
  ["ECE", "ece", false],
];

/** Shows a number with its sign. */
function signed(value: number, digits: number): string {
  const text = value.toFixed(digits);
  // What rounds to nothing has no sign.
  if (Number(text) === 0) return text.replace("-", "");
  return value > 0 ? `+${text}` : text;
}

/** Shows a number, and how it differs from that of the first run. */
function showNumber(
  { scores, difference }: ComparedRun,
  key: keyof RunScores,
  isShare: boolean,
): string {
  const [value, by] = [scores[key], difference?.[key] ?? null];
  const shown = isShare ? percent(value) : value?.toFixed(4) ?? "-";
  if (by === null) return shown;
  return `${shown} (${isShare ? signed(by * 100, 1) : signed(by, 4)})`;
}

/** Renders the numbers side by side. */
function renderNumbers({ runs }: Comparison): string {
  const known = ROWS.filter(([, key]) =>
    key !== "top5" || runs.some(({ scores }) => scores.top5 !== null)
  );
  const rows = known.map(([title, key, isShare]) => [
    title,
    ...runs.map((run) => showNumber(run, key, isShare)),
  ]);
  const interval = runs.map(({ top1Interval: [low, high] }) =>
    `${percent(low)} to ${percent(high)}`
  );
  rows.splice(1, 0, ["  95 % interval", ...interval]);
  return renderTable(["", ...runs.map(({ name }) => name)], rows);
}

/** Renders a photo that has changed: of which class it is, and what both runs make of it. */
function renderPhoto({ path, before, after }: ChangedPhoto): string {
  const truths = [...new Set([before.true, after.true])].map(printable);
  const show = ({ predicted, probability }: ChangedPhoto["before"]) =>
    `${printable(predicted)} ${percent(probability)}`;
  return `      ${printable(path)} (${truths.join(", now ")}): ${
    show(before)
  }, now ${show(after)}`;
}

/** Renders photos that have changed in one way; nothing if there are none. */
function renderPhotos(
  title: string,
  { count: total, photos }: ChangedPhotos,
): string[] {
  if (total === 0) return [];
  const shown = photos.slice(0, SHOWN_PHOTOS).map(renderPhoto);
  const more = total - shown.length;
  return [
    `    ${title}: ${count(total, "photo")}`,
    ...shown,
    ...more > 0 ? [`      … and ${more} more`] : [],
  ];
}

/** Renders the classes that gained and lost most. */
function renderClasses({ wonClasses, lostClasses }: ComparedPair): string[] {
  const list = (title: string, classes: ComparedPair["wonClasses"]) => {
    const shown = classes.slice(0, SHOWN_CLASSES).map(
      ({ name, before, after }) =>
        `${printable(name)} ${percent(before)} to ${percent(after)}`,
    );
    return shown.length > 0 ? [`    ${title}: ${shown.join(", ")}`] : [];
  };
  return [
    ...list("recall gained", wonClasses),
    ...list("recall lost", lostClasses),
  ];
}

/** Renders what is to be known of classes that are not those of both runs. */
function renderOwnClasses(pair: ComparedPair, first: string): string[] {
  const { run, ownClasses: { before, after }, relabelled } = pair;
  const list = (names: string[]) => names.map(printable).join(", ");
  return [
    ...before.length > 0
      ? [`    classes of ${first} alone: ${list(before)}`]
      : [],
    ...after.length > 0 ? [`    classes of ${run} alone: ${list(after)}`] : [],
    ...relabelled > 0
      ? [
        `    ${
          count(relabelled, "photo")
        } of another class in ${run}: each run is judged by its own classes`,
      ]
      : [],
  ];
}

/** Renders two runs beside each other. */
function renderPair(pair: ComparedPair, first: string): string[] {
  const { changed: { lost, won, moved }, bothRight, bothWrong } = pair;
  return [
    "",
    `  ${pair.run} compared with ${first}: ${pair.verdict}`,
    `    both right ${bothRight}, both wrong ${bothWrong}, won ${won.count}, lost ${lost.count}`,
    ...renderOwnClasses(pair, first),
    ...renderClasses(pair),
    ...renderPhotos("right before, wrong now", lost),
    ...renderPhotos("wrong before, right now", won),
    ...renderPhotos("wrong in both, as different classes", moved),
  ];
}

/** Says what was not compared. */
function renderUnmatched({ runs }: Comparison): string[] {
  return runs.flatMap(({ name, unmatched, renamed }) => [
    ...unmatched.count > 0
      ? [
        `  ${
          count(unmatched.count, "photo")
        } of ${name} not compared, as not every run has them`,
      ]
      : [],
    ...renamed > 0
      ? [
        `  ${
          count(renamed, "photo")
        } of ${name} with another path, by their bytes`,
      ]
      : [],
  ]);
}

/** Renders the settings in which runs differ. */
function renderSettings({ runs, settings }: Comparison): string[] {
  if (settings.length === 0) return ["", "  all settings are the same"];
  const show = (value: unknown) =>
    value === null ? "-" : printable(String(value));
  const table = renderTable(
    ["setting", ...runs.map(({ name }) => name)],
    settings.map(({ setting, values }) => [setting, ...values.map(show)]),
  );
  return ["", table];
}

/** Renders a comparison of runs. */
export function renderComparison(comparison: Comparison): string[] {
  const { runs, pairs, photos, split } = comparison;
  const first = runs[0]!.name;
  return [
    `compare: ${count(photos, "photo")} of split ${split}`,
    ...renderUnmatched(comparison),
    "",
    renderNumbers(comparison),
    ...pairs.flatMap((pair) => renderPair(pair, first)),
    ...renderSettings(comparison),
  ];
}
