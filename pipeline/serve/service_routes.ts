/**
 * What those who run the server ask: health, metrics, the description of the interface.
 */

import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { SESSION_COOKIE, sessionValue } from "./access.ts";
import type { AppEnv, AppParts } from "./app_parts.ts";
import { HEALTH, json } from "./schemas.ts";

/** Describes a route that says how the server is. */
const health = (path: "/healthz" | "/readyz", summary: string) =>
  createRoute({
    method: "get",
    path,
    summary,
    responses: { 200: json("It is", HEALTH), 503: json("It is not", HEALTH) },
  });

const HEALTH_ROUTE = health("/healthz", "Whether the server runs");

const READY_ROUTE = health("/readyz", "Whether the server takes photos");

const METRICS_ROUTE = createRoute({
  method: "get",
  path: "/metrics",
  summary: "Counters, as Prometheus reads them",
  security: [{ token: [] }, {}],
  responses: {
    200: {
      description: "The counters",
      content: { "text/plain": { schema: { type: "string" as const } } },
    },
  },
});

/** What the description says of the whole. */
const DOCUMENT = {
  openapi: "3.1.0",
  info: {
    title: "Headstart",
    version: "1",
    description: "Says what photos show, by the trained head of a run.",
  },
};

/** Adds the routes. */
export function addServiceRoutes(
  app: OpenAPIHono<AppEnv>,
  { metrics, access: { token }, health }: AppParts,
): void {
  app.openapi(HEALTH_ROUTE, (context) => context.json({ status: "ok" }, 200));
  app.openapi(READY_ROUTE, (context) => {
    const status = health();
    return context.json({ status }, status === "ok" ? 200 : 503);
  });
  app.openAPIRegistry.registerPath(METRICS_ROUTE);
  app.get(METRICS_ROUTE.path, async (context) => {
    context.header("Content-Type", metrics.contentType);
    return context.body(await metrics.render());
  });
  app.openAPIRegistry.registerComponent("securitySchemes", "token", {
    type: "http",
    scheme: "bearer",
  });
  app.doc31("/openapi.json", DOCUMENT);
  if (token === undefined) return;
  // The page gives the token once; the browser keeps no copy of it.
  app.post("/api/session", async (context) => {
    const isSecure = new URL(context.req.url).protocol === "https:";
    const value = await sessionValue(token);
    context.header(
      "Set-Cookie",
      `${SESSION_COOKIE}=${value}; Path=/; HttpOnly; SameSite=Strict${
        isSecure ? "; Secure" : ""
      }`,
    );
    return context.body(null, 204);
  });
}
