/** `POST /api/classify`: photos in, classes out. */

import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { answerPhoto, answerPhotos } from "./answer_photos.ts";
import { ApiError } from "./api_error.ts";
import {
  type AppEnv,
  type AppParts,
  type RequestState,
  round,
} from "./app_parts.ts";
import { startDeadline } from "./deadline.ts";
import { readBody } from "./read_body.ts";
import { bodyKind, requestPhotos } from "./request_photos.ts";
import { ANSWER, ANSWERS, CLASSIFY_QUERY, ERROR } from "./schemas.ts";

const BINARY = { schema: { type: "string", format: "binary" } } as const;

/** The description; the body is read by the handler, within its limits. */
const ROUTE = createRoute({
  method: "post",
  path: "/api/classify",
  summary: "Says what photos show",
  security: [{ token: [] }, {}],
  request: {
    query: CLASSIFY_QUERY,
    body: {
      required: true,
      content: {
        "image/*": BINARY,
        "application/octet-stream": BINARY,
        "multipart/form-data": {
          schema: {
            type: "object",
            properties: { photo: { type: "array", items: BINARY.schema } },
          },
        },
      },
    },
  },
  responses: {
    200: {
      description:
        "Of a body that is a photo: its classes. Of a form: those of each photo, in order",
      content: { "application/json": { schema: ANSWER.or(ANSWERS) } },
    },
    default: {
      description: "An error; with 429 and 503 the request may come again",
      content: { "application/json": { schema: ERROR } },
    },
  },
});

/** What a parameter of the query must be, where not any text will do. */
const RULES = new Map<unknown, string>([
  ["topK", "an integer from 1 to 100000"],
  ["heatmap", "true or false"],
]);

/** Reads the query. */
function readQuery(query: Record<string, string>) {
  const result = CLASSIFY_QUERY.safeParse(query);
  if (result.success) return result.data;
  const name = result.error.issues[0]?.path[0];
  throw new ApiError(
    "bad_request",
    `Cannot use the query as ${String(name)} must be ${RULES.get(name)}`,
  );
}

/** Reads for which class there is to be a map. */
function readHeatmap(
  { heatmap, class: name }: ReturnType<typeof readQuery>,
  classes: readonly string[],
): boolean | string {
  if (heatmap !== "true") return false;
  if (name === undefined) return true;
  if (classes.includes(name)) return name;
  throw new ApiError(
    "bad_request",
    "Cannot draw a map of this class as there is none of its name: GET /api/model lists them",
  );
}

/** Answers a request. */
async function answer(
  request: Request,
  query: ReturnType<typeof readQuery>,
  { parts, state }: { parts: AppParts; state: RequestState },
): Promise<object> {
  const { catalogue, admission, limits, metrics, threshold } = parts;
  const { run, topK } = query;
  const kind = bodyKind(request.headers.get("content-type"));
  const heatmap = readHeatmap(query, catalogue.get(run).facts.classes);
  using deadline = startDeadline(limits.requestMs, request.signal);
  using stack = new DisposableStack();
  const ticket = stack.use(admission.enter());
  const most = Math.min(limits.bodyBytes, limits.queuedBytes);
  const bytes = await readBody(request, { most, ticket, deadline });
  state.bytes = bytes.length;
  const photos = await requestPhotos(bytes, kind, limits.photosARequest);
  state.photos = photos.length;
  ticket.takePhotos(photos.length);
  const { model } = stack.use(catalogue.lease(run));
  state.run = model.facts.run;
  const { signal } = deadline;
  const wanted = { model, topK, heatmap, threshold, signal, metrics };
  const work: Promise<object> = kind.isForm
    ? answerPhotos(photos, wanted)
    : answerPhoto(photos[0]!, wanted);
  // Queue and memory are given back when the work ends, which may be after the deadline.
  const held = stack.move();
  const done = work.then((answer) => {
    ticket.noteAnswer();
    return answer;
  }).finally(() => held.dispose());
  return await deadline.wait(done);
}

/** Adds the route. */
export function addClassifyRoute(
  app: OpenAPIHono<AppEnv>,
  parts: AppParts,
): void {
  app.openAPIRegistry.registerPath(ROUTE);
  app.post(ROUTE.path, async (context) => {
    const state = context.get("state");
    if (parts.health() === "stopping") {
      throw new ApiError("stopping", "Cannot take photos as the server stops");
    }
    const query = readQuery(context.req.query());
    const result = await answer(context.req.raw, query, { parts, state });
    const milliseconds = round(parts.now() - state.started);
    return Response.json({ ...result, milliseconds });
  });
}
