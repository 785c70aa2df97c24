/**
 * HTML from templates that escape what they are given.
 *
 * @module
 */

import { escape } from "@std/html/entities";

/** A piece of HTML, made by {@linkcode html} or {@linkcode raw}. */
export class Html {
  readonly text: string;

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

/** Takes markup as it is, such as an SVG that a library has drawn. */
export function raw(text: string): Html {
  return new Html(text);
}

/** Takes away the indentation of a template, and the breaks that it begins and ends with. */
function plain(part: string, isFirst: boolean, isLast: boolean): string {
  const flat = part.replace(/\n\s+/g, "\n");
  const begun = isFirst ? flat.replace(/^\n/, "") : flat;
  return isLast ? begun.replace(/\n$/, "") : begun;
}

/**
 * Makes HTML of a template.
 *
 * What stands in `${}` is escaped for text and for attributes in quotes, but
 * for pieces of HTML; lists are joined. How a template is indented makes no
 * difference.
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
  const last = parts.length - 1;
  const texts = parts.map((part, i) => plain(part, i === 0, i === last));
  return new Html(
    texts.reduce((before, part, i) =>
      `${before}${render(values[i - 1])}${part}`
    ),
  );
}
