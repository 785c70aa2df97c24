/**
 * The application: a request in, a response out. It does not listen; `listen.ts` does.
 */

import { OpenAPIHono } from "@hono/zod-openapi";
import { routePath } from "hono/route";
import { otherOrigin, requireHost, requireToken } from "./access.ts";
import { ApiError, errorResponse, toApiError } from "./api_error.ts";
import {
  type AppEnv,
  type AppParts,
  type RequestState,
  round,
} from "./app_parts.ts";
import { addClassifyRoute } from "./classify_route.ts";
import { SECURITY_HEADERS } from "./headers.ts";
import { addModelRoutes } from "./model_routes.ts";
import { addPageRoutes, isPagePath } from "./page_routes.ts";
import { discardBody } from "./read_body.ts";
import { addServiceRoutes } from "./service_routes.ts";

/** Answers requests. */
export type App = (request: Request) => Promise<Response>;

/** Paths that need no token, beside the page: they show no facts of the runs. */
const OPEN = new Set(["/healthz", "/readyz"]);

/** Methods that are answered; any other is not written into the log. */
const METHODS = ["GET", "HEAD", "POST", "OPTIONS"];

/** Lets a page of another origin read the answer. */
function allowOrigin(headers: Headers, origin: string): void {
  headers.set("Access-Control-Allow-Origin", origin);
  headers.set("Access-Control-Expose-Headers", "Retry-After");
  headers.set("Cross-Origin-Resource-Policy", "cross-origin");
  headers.append("Vary", "Origin");
}

/** Answers what a browser asks before a request of another origin. */
function preflight(): Response {
  return new Response(null, {
    status: 204,
    headers: {
      "Access-Control-Allow-Methods": METHODS.join(", "),
      "Access-Control-Allow-Headers": "Authorization, Content-Type",
      "Access-Control-Max-Age": "600",
    },
  });
}

/**
 * Puts the application together.
 *
 * @returns What answers requests; it throws nothing.
 */
export function createApp(parts: AppParts): App {
  const { access, metrics, log, now } = parts;
  const app = new OpenAPIHono<AppEnv>();

  /** Makes the answer of an error, and writes down what is wrong with the server. */
  function refuse(error: unknown, state: RequestState): Response {
    const known = toApiError(error);
    state.code = known.code;
    if (known.code === "failed") {
      const { message, stack } = error as Error;
      log({ level: "error", event: "failure", message, stack });
    }
    return errorResponse(known);
  }

  app.use("*", async (context, next) => {
    const { raw: request, method, path } = context.req;
    const state: RequestState = { started: now() };
    context.set("state", state);
    let origin: string | undefined;
    try {
      requireHost(request, access);
      origin = otherOrigin(request, access);
      if (origin !== undefined && method === "OPTIONS") {
        context.res = preflight();
      } else {
        if (!OPEN.has(path) && !isPagePath(path)) {
          await requireToken(request, access);
        }
        await next();
      }
    } catch (error) {
      context.res = refuse(error, state);
    }
    const { headers, status } = context.res;
    if (method === "HEAD") {
      const { byteLength } = await context.res.arrayBuffer();
      headers.set("Content-Length", String(byteLength));
    }
    if (!await discardBody(request)) headers.set("Connection", "close");
    for (const [name, value] of SECURITY_HEADERS) {
      if (!headers.has(name)) headers.append(name, value);
    }
    if (origin !== undefined) allowOrigin(headers, origin);
    const milliseconds = now() - state.started;
    const { started: _, ...rest } = state;
    const pattern = routePath(context, -1);
    const route = pattern === "*" || pattern === "/*" ? "other" : pattern;
    metrics.countRequest({ route, status, seconds: milliseconds / 1000 });
    log({
      level: status >= 500 ? "error" : "info",
      event: "request",
      method: METHODS.includes(method) ? method : "other",
      route,
      status,
      milliseconds: round(milliseconds),
      ...rest,
    });
  });
  app.onError((error, context) => refuse(error, context.get("state")));
  app.notFound((context) => {
    const state = context.get("state");
    const { method } = app.routes.find(({ path, method }) =>
      path === context.req.path && method !== "ALL"
    ) ?? {};
    if (method === undefined) {
      const message =
        "Cannot find what was asked for: GET /openapi.json lists what there is";
      return refuse(new ApiError("not_found", message), state);
    }
    const message = `Cannot answer this method: use ${method}`;
    const response = refuse(new ApiError("method_not_allowed", message), state);
    response.headers.set("Allow", method === "GET" ? "GET, HEAD" : method);
    return response;
  });
  addClassifyRoute(app, parts);
  addModelRoutes(app, parts);
  addServiceRoutes(app, parts);
  addPageRoutes(app);
  return async (request) => await app.fetch(request);
}
