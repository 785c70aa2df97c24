/**
 * HTML from templates that escape what they are given.
 *
 * @module
 */

import { escape } from "@std/html/entities";

/** A piece of HTML, made by {@linkcode html} or {@linkcode raw}. */
export class Html {
  /** The markup. */
  readonly text: string;

  /**
   * Takes markup as it is.
   *
   * @param text The markup.
   */
  constructor(text: string) {
    this.text = text;
  }
}

/** What a template may hold; what is nothing leaves nothing. */
export type Value =
  | Html
  | string
  | number
  | null
  | undefined
  | false
  | readonly Value[];

/** Renders a value: HTML as it is, text escaped. */
function render(value: Value): string {
  if (value instanceof Html) return value.text;
  if (Array.isArray(value)) return value.map(render).join("");
  if (value === null || value === undefined || value === false) return "";
  return escape(String(value));
}

/**
 * Takes markup as it is, such as an SVG that a library has drawn.
 *
 * @param text The markup.
 * @returns The piece.
 */
export function raw(text: string): Html {
  return new Html(text);
}

/**
 * Makes HTML of a template.
 *
 * What stands in `${}` is escaped for text and for attributes in quotes, but
 * for pieces of HTML; lists are joined.
 *
 * @example Usage
 * ```ts
 * html`<p title="${'"'}">${["a < b", html`<br>`]}</p>`.text;
 * // '<p title="&quot;">a &lt; b<br></p>'
 * ```
 *
 * @param parts The markup.
 * @param values What stands between.
 * @returns The piece.
 */
export function html(
  parts: TemplateStringsArray,
  ...values: readonly Value[]
): Html {
  const text = parts.reduce((before, part, i) =>
    `${before}${render(values[i - 1])}${part}`
  );
  return new Html(text);
}
