/** Numbers and names as the page shows them. */

import type { Json } from "../../artifact/canonical_json.ts";
import { printable } from "../../shown_text.ts";
import { type Html, html } from "./html.ts";

/** Most characters of a name in running text. */
const MOST_POINTS = 48;

/**
 * Shows a share as a percentage.
 *
 * @param share The share; `null` where there is none.
 * @returns Text such as `61.7 %`.
 */
export function percent(share: number | null, digits = 1): string {
  return share === null ? "–" : `${(share * 100).toFixed(digits)}\u00a0%`;
}

/**
 * Shows where a share lies.
 *
 * @returns Text such as `30 to 100 %`.
 */
export function showInterval([low, high]: [number, number]): string {
  const at = (share: number) => (share * 100).toFixed(0);
  return `${at(low)} to ${at(high)}\u00a0%`;
}

/**
 * Shows a number with three digits behind the point.
 *
 * @param value The number; `null` where there is none.
 * @returns Text such as `0.617`.
 */
export function decimal(value: number | null): string {
  return value === null ? "–" : value.toFixed(3);
}

/**
 * Shows a whole number.
 *
 * @returns Text such as `10,000`.
 */
export function whole(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}

/**
 * Shows a number of things, whose plural takes an s.
 *
 * @returns Text such as `1 photo` or `2,000 photos`.
 */
export function count(value: number, thing: string): string {
  return `${whole(value)} ${thing}${value === 1 ? "" : "s"}`;
}

/**
 * Shows a duration.
 *
 * @returns Text such as `0.3 s`, `2 min 5 s` or `1 h 4 min`.
 */
export function duration(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const rounded = Math.round(seconds);
  const minutes = Math.floor(rounded / 60);
  return minutes < 60
    ? `${minutes} min ${rounded % 60} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Makes a name safe to show, and cuts a long one. */
export function brief(text: string): string {
  const points = [...printable(text)];
  return points.length <= MOST_POINTS
    ? points.join("")
    : `${points.slice(0, MOST_POINTS - 1).join("")}…`;
}

/**
 * Shows a name in running text, written left to right or right to left; a long one is
 * cut, and its title has it in full.
 */
export function name(text: string): Html {
  const [shown, whole] = [brief(text), printable(text)];
  return shown === whole
    ? html`<bdi>${whole}</bdi>`
    : html`<bdi title="${whole}">${shown}</bdi>`;
}

/** Shows text in up to three lines, and in its title if it is long. */
function renderWhole(text: string, kind: string, content: Html): Html {
  const whole = printable(text);
  return brief(text) === whole
    ? html`<span class="${kind}">${content}</span>`
    : html`<span class="${kind}" title="${whole}">${content}</span>`;
}

/** Shows a name in full, in up to three lines. */
export function fullName(text: string): Html {
  return renderWhole(text, "who", html`<bdi>${printable(text)}</bdi>`);
}

/**
 * Shows a path in full, in up to three lines. Each name in it is isolated: digits
 * after a name that is written right to left would change places with it.
 *
 * @returns The path, from left to right.
 */
export function filePath(text: string): Html {
  const names = printable(text).split("/");
  const content = names.map((name, i) =>
    html`${i > 0 && "/"}<bdi>${name}</bdi>`
  );
  return renderWhole(text, "path", html`${content}`);
}

/** Shows the value of a setting. */
export function setting(value: Json): Html {
  const text = typeof value === "string"
    ? printable(value)
    : JSON.stringify(value);
  return value === null ? html`not\u00a0given` : html`<bdi>${text}</bdi>`;
}
