/** The page, and what it is made of. */

import type { OpenAPIHono } from "@hono/zod-openapi";
import { FIRST_SCRIPT } from "../report/page/script.ts";
import { BASE_STYLE, PRINT_STYLE } from "../report/page/style_base.ts";
import type { AppEnv } from "./app_parts.ts";
import { PAGE_POLICY } from "./headers.ts";
import { renderPage } from "./page/page.ts";
import { INPUTS_SCRIPT } from "./page/script_inputs.ts";
import { PARTS_SCRIPT } from "./page/script_parts.ts";
import { RESULTS_SCRIPT } from "./page/script_results.ts";
import { SERVE_STYLE } from "./page/style.ts";

/** A file of the page. */
interface PageFile {
  type: string;
  text: string;
}

/** The script, in a function, so that its names stay local. */
const SCRIPT =
  `(() => {\n"use strict";\n${PARTS_SCRIPT}${RESULTS_SCRIPT}${INPUTS_SCRIPT}})();\n`;

/** The files by path; they are all there are. */
const FILES: ReadonlyMap<string, PageFile> = new Map([
  ["/", { type: "text/html", text: renderPage() }],
  ["/assets/page.css", {
    type: "text/css",
    text: BASE_STYLE + SERVE_STYLE + PRINT_STYLE,
  }],
  ["/assets/first.js", { type: "text/javascript", text: FIRST_SCRIPT }],
  ["/assets/page.js", { type: "text/javascript", text: SCRIPT }],
]);

/**
 * Tells whether a path is that of the page.
 *
 * @returns Whether it is; the page shows no facts of the runs.
 */
export function isPagePath(path: string): boolean {
  return FILES.has(path);
}

/** Adds the routes. */
export function addPageRoutes(app: OpenAPIHono<AppEnv>): void {
  for (const [path, { type, text }] of FILES) {
    app.get(path, (context) => {
      context.header("Content-Type", `${type}; charset=utf-8`);
      context.header("Cache-Control", "no-cache");
      context.header("Content-Security-Policy", PAGE_POLICY);
      return context.body(text);
    });
  }
}
