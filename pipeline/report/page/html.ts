/**
 * HTML from templates that escape their values, and pages of it: one file with its
 * styles and scripts.
 */

import { escape } from "@std/html/entities";
import { Sha256 } from "../../artifact/sha256.ts";

/** A piece of HTML, made by {@linkcode html} or {@linkcode raw}. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A value in a template; `null`, `undefined` and `false` render nothing. */
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
 * @param values What stands between.
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

/** Content of a page. */
interface DocumentParts {
  title: string;
  /** Content of `<body>`. */
  body: Html;
  /** Plain scripts, run in order before anything is shown. */
  firstScripts?: readonly string[] | undefined;
  /** Plain scripts, run in order at the end. */
  scripts?: readonly string[] | undefined;
  /** Styles, in order. */
  styles?: readonly string[] | undefined;
}

/** Keeps a script or a style from ending its element. */
function inline(text: string): string {
  return text.replaceAll("</", "<\\/");
}

/** Names a script in a policy by its digest. Source: https://www.w3.org/TR/CSP3/#framework-directive-source-list. */
function hashSource(script: string): string {
  const digest = new Sha256().update(new TextEncoder().encode(script)).hex();
  return `'sha256-${Uint8Array.fromHex(digest).toBase64()}'`;
}

/**
 * Renders a page.
 *
 * Its content security policy forbids every fetch, even one in the name of a photo
 * or class, and every script but those given.
 */
export function renderDocument(parts: DocumentParts): string {
  const { title, body, styles = [] } = parts;
  const firstScripts = (parts.firstScripts ?? []).map(inline);
  const scripts = (parts.scripts ?? []).map(inline);
  const run = (script: string) => html`<script>${raw(script)}</script>\n`;
  const hashes = [...firstScripts, ...scripts].map(hashSource);
  const policy =
    `default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src ${
      hashes.join(" ") || "'none'"
    }`;
  const page = html`
    <!doctype html>
    <html lang="en">
      <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta http-equiv="Content-Security-Policy" content="${policy}">
    <title>${title}</title>
    ${styles.map((style) =>
      html`<style>${raw(inline(style))}</style>\n`
    )}${firstScripts.map(run)}</head>
      <body>
    ${body}
    ${scripts.map(run)}</body>
    </html>
  `;
  return page.text;
}

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
