/**
 * A page that is one file: styles and scripts inside, nothing from elsewhere.
 *
 * @module
 */

import { type Html, html, raw } from "./html.ts";

/** What a page is made of. */
export interface DocumentParts {
  title: string;
  /** What stands in `<body>`. */
  body: Html;
  /** Plain scripts, run in order before anything is shown. */
  firstScripts?: readonly string[] | undefined;
  /** Plain scripts, run in order at the end. */
  scripts?: readonly string[] | undefined;
  /** Styles, in order. */
  styles?: readonly string[] | undefined;
}

/** Keeps a script or a style from ending its element. */
function inline(text: string): Html {
  return raw(text.replaceAll("</", "<\\/"));
}

/**
 * Renders a page.
 *
 * Its content security policy forbids every fetch, even one in the name of a photo or class.
 */
export function renderDocument(parts: DocumentParts): string {
  const { title, body, scripts = [], firstScripts = [], styles = [] } = parts;
  const run = (script: string) => html`<script>${inline(script)}</script>\n`;
  const policy =
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'";
  const page = html`
    <!doctype html>
    <html lang="en">
      <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta http-equiv="Content-Security-Policy" content="${policy}">
    <title>${title}</title>
    ${styles.map((style) =>
      html`<style>${inline(style)}</style>\n`
    )}${firstScripts.map(run)}</head>
      <body>
    ${body}
    ${scripts.map(run)}</body>
    </html>
  `;
  return page.text;
}
