/** What goes in and out of the server, for its description. */

import { z } from "@hono/zod-openapi";
import { ERROR_CODES } from "./api_error.ts";

/** Describes an answer in JSON. */
export const json = <S>(description: string, schema: S) => ({
  description,
  content: { "application/json": { schema } },
});

/** Which run is meant. */
export const RUN_QUERY = z.object({
  run: z.string().optional().openapi({
    description: "Name of a run that is served; the first if not given",
  }),
});

/** What is wanted of photos. */
export const CLASSIFY_QUERY = RUN_QUERY.extend({
  topK: z.coerce.number().int().min(1).max(100_000).optional().openapi({
    description: "Number of most likely classes (5)",
  }),
  heatmap: z.enum(["true", "false"]).optional().openapi({
    description: "Whether to say where a photo speaks for a class (false)",
  }),
  class: z.string().optional().openapi({
    description: "With heatmap: the class; the likeliest if not given",
  }),
});

/** An error. */
export const ERROR = z.object({
  error: z.object({ code: z.enum(ERROR_CODES), message: z.string() }),
}).openapi("Error");

/** Where a photo speaks for a class. */
const HEATMAP = z.object({
  class: z.string(),
  photo: z.string().openapi({
    description: "The square that the backbone saw: a PNG as a data: URL",
  }),
  map: z.string().openapi({
    description:
      "What to lay over it, enlarged to its size: a PNG with alpha as a data: URL",
  }),
}).openapi("Heatmap");

/** What a photo shows. */
export const ANSWER = z.object({
  top: z.array(
    z.object({ class: z.string(), probability: z.number().min(0).max(1) }),
  ).openapi({ description: "The likeliest classes, the likeliest first" }),
  unsure: z.literal(true).optional().openapi({
    description: "Present if the likeliest class is below the threshold",
  }),
  heatmap: HEATMAP.optional(),
  milliseconds: z.number().openapi({
    description: "From the head of the request to the answer",
  }),
}).openapi("Answer");

/** What several photos show. */
export const ANSWERS = z.object({
  photos: z.array(z.union([
    ANSWER.extend({ name: z.string() }),
    ERROR.extend({ name: z.string() }),
  ])),
  milliseconds: z.number(),
}).openapi("Answers");

const NUMBERS = z.record(z.string(), z.unknown());

/** What is told of a run. */
export const MODEL = z.object({
  run: z.string(),
  classes: z.array(z.string()),
  preprocessing: NUMBERS,
  backbone: z.object({
    description: z.string(),
    digest: z.string(),
    variant: z.string(),
    licence: z.string(),
  }),
  fingerprint: z.string(),
  temperature: z.number(),
  engine: z.object({ name: z.string(), description: z.string() }),
  metrics: NUMBERS.nullable(),
  hasReport: z.boolean(),
  threshold: z.number().openapi({
    description: "A photo is unsure below this probability",
  }),
  limits: NUMBERS,
}).openapi("Model");

/** Names of the runs. */
export const RUNS = z.object({ runs: z.array(z.string()) }).openapi("Runs");

/** How the server is. */
export const HEALTH = z.object({ status: z.enum(["ok", "stopping", "failed"]) })
  .openapi("Health");
