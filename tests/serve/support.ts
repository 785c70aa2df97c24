/**
 * An application without a port, a device or a run.
 *
 * @module
 */

import { ImageError } from "../../pipeline/errors.ts";
import { Admission } from "../../pipeline/serve/admission.ts";
import { type App, createApp } from "../../pipeline/serve/app.ts";
import type { AppParts, LogEntry } from "../../pipeline/serve/app_parts.ts";
import { Catalogue } from "../../pipeline/serve/catalogue.ts";
import { DEFAULT_LIMITS } from "../../pipeline/serve/limits.ts";
import { startMetrics } from "../../pipeline/serve/metrics.ts";
import type {
  ModelFacts,
  ServedModel,
} from "../../pipeline/serve/served_model.ts";

/** Classes of the model, the likeliest first. */
export const TOP = [
  { class: "tulip", probability: 0.9 },
  { class: "rose", probability: 0.08 },
  { class: "daisy", probability: 0.02 },
];

/** What is told of the model. */
export const FACTS: ModelFacts = {
  run: "default",
  classes: ["daisy", "rose", "tulip"],
  preprocessing: {
    profile: "seed",
    geometry: {
      imageSize: 4,
      resize: "stretch",
      shortSide: 4,
      interpolation: "nearest",
      orientation: "ignore",
    },
    normalization: { channels: "rgb", mean: [0, 0, 0], std: [1, 1, 1] },
  },
  backbone: {
    description: "made up",
    digest: "00".repeat(32),
    variant: "torchvision",
    licence: "MIT",
  },
  fingerprint: "11".repeat(32),
  temperature: 1,
  engine: { name: "cpu", description: "one core" },
  metrics: null,
  hasReport: true,
};

/** Text that no photo begins with. */
const TEXT = "text";

/** Makes a model that knows every photo, but for text. */
export function testModel(changes: Partial<ServedModel> = {}): ServedModel {
  return {
    facts: FACTS,
    version: "1",
    classify(bytes, { topK = 5, heatmap }) {
      if (new TextDecoder().decode(bytes).startsWith(TEXT)) {
        return Promise.reject(new ImageError("it is not an image"));
      }
      const map = { values: Float32Array.of(1, 0, 0, 0), height: 2, width: 2 };
      return Promise.resolve({
        top: TOP.slice(0, topK),
        ...heatmap && { heat: { pixels: new Uint8Array(48), side: 4, map } },
      });
    },
    readReport: () => Promise.resolve("<p>report</p><script>1</script>"),
    close: () => Promise.resolve(),
    ...changes,
  };
}

/** An application for tests. */
export interface TestApp {
  app: App;
  parts: AppParts;
  /** What was logged. */
  entries: LogEntry[];
  /** Sends a request to it. */
  send(path: string, init?: RequestInit): Promise<Response>;
  /** Sends a photo to it. */
  classify(body: BodyInit, query?: string): Promise<Response>;
}

/** Puts an application together; its clock stands still. */
export function testApp(changes: Partial<AppParts> = {}): TestApp {
  const entries: LogEntry[] = [];
  const limits = changes.limits ?? DEFAULT_LIMITS;
  const admission = changes.admission ?? new Admission(limits, () => 0);
  const parts: AppParts = {
    catalogue: new Catalogue([testModel()]),
    admission,
    limits,
    access: { hosts: ["localhost"], origins: [] },
    threshold: 0.5,
    metrics: startMetrics({ admission, memoryBytes: () => 1 }),
    log: (entry) => void entries.push(entry),
    now: () => 0,
    health: () => "ok",
    ...changes,
  };
  const app = createApp(parts);
  const send = (path: string, init: RequestInit = {}) => {
    const headers = new Headers(init.headers);
    if (!headers.has("host")) headers.set("host", "localhost:8000");
    return app(
      new Request(`http://localhost:8000${path}`, { ...init, headers }),
    );
  };
  const classify = (body: BodyInit, query = "") =>
    send(`/api/classify${query}`, { method: "POST", body });
  return { app, parts, entries, send, classify };
}

/** Reads the code of an error, and makes sure that it has a message. */
export async function errorCode(response: Response): Promise<string> {
  const { error: { code, message } } = await response.json();
  if (!/^Cannot .*[^.]$/.test(message)) throw new Error(message);
  return code;
}

/** A form with files by name. */
export function form(
  files: Record<string, string | Uint8Array<ArrayBuffer>>,
): FormData {
  const form = new FormData();
  for (const [name, content] of Object.entries(files)) {
    form.append("photo", new File([content], name));
  }
  return form;
}
