/** What is told of the runs that are served, and their reports. */

import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { ApiError } from "./api_error.ts";
import type { AppEnv, AppParts } from "./app_parts.ts";
import { reportPolicy } from "./headers.ts";
import { ERROR, json, MODEL, RUN_QUERY, RUNS } from "./schemas.ts";

const security = [{ token: [] }, {}];

const MODEL_ROUTE = createRoute({
  method: "get",
  path: "/api/model",
  summary: "Tells what is served: classes, preprocessing, backbone, metrics",
  security,
  request: { query: RUN_QUERY },
  responses: {
    200: json("The run", MODEL),
    404: json("There is none of this name", ERROR),
  },
});

const RUNS_ROUTE = createRoute({
  method: "get",
  path: "/api/runs",
  summary: "Lists the runs that are served; the first is the default",
  security,
  responses: { 200: json("Their names", RUNS) },
});

const REPORT_ROUTE = createRoute({
  method: "get",
  path: "/report",
  summary: "The report of the evaluation, as a page",
  security,
  request: { query: RUN_QUERY },
  responses: {
    200: {
      description: "The page",
      content: { "text/html": { schema: { type: "string" as const } } },
    },
    404: json("There is none", ERROR),
  },
});

/** Adds the routes. */
export function addModelRoutes(
  app: OpenAPIHono<AppEnv>,
  { catalogue, limits, threshold }: AppParts,
): void {
  app.openAPIRegistry.registerPath(MODEL_ROUTE);
  app.get(MODEL_ROUTE.path, (context) => {
    const { facts } = catalogue.get(context.req.query("run"));
    return context.json({ ...facts, threshold, limits });
  });
  app.openapi(RUNS_ROUTE, (context) => context.json({ runs: catalogue.names }));
  app.openAPIRegistry.registerPath(REPORT_ROUTE);
  app.get(REPORT_ROUTE.path, async (context) => {
    using lease = catalogue.lease(context.req.query("run"));
    const page = await lease.model.readReport();
    if (page === undefined) {
      throw new ApiError(
        "no_report",
        "Cannot show the report of this run as there is none: deno task eval makes it",
      );
    }
    context.header("Content-Security-Policy", await reportPolicy(page));
    return context.html(page);
  });
}
