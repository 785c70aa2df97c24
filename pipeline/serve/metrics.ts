/** What a server counts, as Prometheus reads it. */

import prometheus from "prom-client";
import type { Admission } from "./admission.ts";

/** A request that was answered. */
export interface AnsweredRequest {
  /** Pattern of the path: a path that was asked for could hold anything. */
  route: string;
  /** Status of the answer. */
  status: number;
  /** From the head of the request to the answer. */
  seconds: number;
}

/** What a server counts. */
export interface ServeMetrics {
  /** Content type of {@linkcode ServeMetrics.render}. */
  readonly contentType: string;
  /** Counts a request. */
  countRequest(request: AnsweredRequest): void;
  /** Counts a photo by what came of it: `ok`, or the code of an error. */
  countPhoto(run: string, outcome: string): void;
  /** Counts a batch of photos. */
  countBatch(photos: number): void;
  /** Counts a run that was loaded anew, or could not be. */
  countReload(run: string, outcome: "ok" | "failed"): void;
  /** Writes all numbers as text. */
  render(): Promise<string>;
}

/** Upper ends of the durations that are told apart, in seconds. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Upper ends of the sizes of batches that are told apart. */
const BATCHES = [1, 2, 4, 8, 16, 32, 64];

/**
 * Starts to count.
 *
 * @param sources What is asked for when the numbers are written: the queue, and the memory of the process in bytes.
 */
export function startMetrics(
  sources: { admission: Admission; memoryBytes: () => number },
): ServeMetrics {
  const { admission, memoryBytes } = sources;
  const registry = new prometheus.Registry();
  const registers = [registry];
  const requests = new prometheus.Histogram({
    name: "headstart_request_seconds",
    help: "Time from the head of a request to its answer.",
    labelNames: ["route", "status"],
    buckets: SECONDS,
    registers,
  });
  const photos = new prometheus.Counter({
    name: "headstart_photos_total",
    help: "Photos by run and outcome.",
    labelNames: ["run", "outcome"],
    registers,
  });
  const batches = new prometheus.Histogram({
    name: "headstart_batch_photos",
    help: "Photos of a batch that the backbone has embedded.",
    buckets: BATCHES,
    registers,
  });
  const reloads = new prometheus.Counter({
    name: "headstart_reloads_total",
    help: "Runs that were loaded anew, by run and outcome.",
    labelNames: ["run", "outcome"],
    registers,
  });
  const gauge = (name: string, help: string, read: () => number) =>
    new prometheus.Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  gauge(
    "headstart_queue_photos",
    "Photos that wait or are worked on.",
    () => admission.photos,
  );
  gauge(
    "headstart_queue_bytes",
    "Bytes of bodies that are held.",
    () => admission.bytes,
  );
  gauge("process_resident_memory_bytes", "Memory of the process.", memoryBytes);
  return {
    contentType: registry.contentType,
    countRequest: ({ route, status, seconds }) =>
      requests.observe({ route, status }, seconds),
    countPhoto: (run, outcome) => photos.inc({ run, outcome }),
    countBatch: (count) => batches.observe(count),
    countReload: (run, outcome) => reloads.inc({ run, outcome }),
    render: () => registry.metrics(),
  };
}
