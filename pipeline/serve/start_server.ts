/** The server (an edge): the application on a port, until it is stopped. */

import { encodeJpeg } from "../image/encode_jpeg.ts";
import { DEFAULT_RUN } from "../run/open_run.ts";
import type { Workspace } from "../run/workspace.ts";
import { LOOPBACK_HOSTS } from "./access.ts";
import { Admission } from "./admission.ts";
import { createApp } from "./app.ts";
import type { AppParts } from "./app_parts.ts";
import { Catalogue } from "./catalogue.ts";
import { openDecoders } from "./decoders.ts";
import { DEFAULT_LIMITS, DEFAULT_PORT } from "./limits.ts";
import { listen } from "./listen.ts";
import { findVersion, loadServed } from "./load_served.ts";
import { startMetrics } from "./metrics.ts";
import type { RunningServer, ServeOptions } from "./serve_options.ts";
import type { ServedModel } from "./served_model.ts";
import { SharedBackbones } from "./shared_backbones.ts";
import { watchRuns } from "./watch_runs.ts";

/** Most workers that decode. */
const MAX_WORKERS = 16;

/** Time from one look for runs that were made anew to the next, in milliseconds. */
const WATCH_MS = 2000;

/** Side of the picture that is classified first, in pixels. */
const GRAY_SIDE = 32;

/**
 * Time of a batch on `cpu`, in milliseconds, from which on it has fewer photos: who
 * comes after a flood whose clients have gone waits for the two that are under way, and
 * no longer. A network that takes so long gains nothing by larger batches there.
 */
const BATCH_MS = 500;

/** Addresses that stand for every one of the machine: none is a name to ask for. */
const EVERY_ADDRESS = ["0.0.0.0", "::", "[::]"];

/** Host names by which a server may be asked for. */
function allowedHosts(address: string, hosts: readonly string[]): string[] {
  const own = EVERY_ADDRESS.includes(address) ? [] : [address];
  const names = [...LOOPBACK_HOSTS, ...own, ...hosts];
  return [...new Set(names.map((name) => name.toLowerCase()))];
}

/** Classifies a gray picture in every worker, so that the first photo is as fast as any. */
async function warmUp(model: ServedModel, workers: number): Promise<void> {
  const size = { width: GRAY_SIDE, height: GRAY_SIDE };
  const data = new Uint8Array(GRAY_SIDE ** 2 * 3);
  const gray = await encodeJpeg({ ...size, data }, 75);
  await Promise.all(
    Array.from({ length: workers }, () => model.classify(gray.slice(), {})),
  );
}

/**
 * Starts a server; see `serve`.
 *
 * @param workspace The work directory; nothing is written.
 */
export async function startServer(
  workspace: Workspace,
  options: ServeOptions,
): Promise<RunningServer> {
  const { runs = [DEFAULT_RUN], address = "127.0.0.1", port = DEFAULT_PORT } =
    options;
  if (runs.length === 0) {
    throw new RangeError("Cannot serve without a run: runs is empty");
  }
  const { threshold = 0.5, waitMs = 5, log = () => {} } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const { engine, temperature, batchSize, cache, onEvent, tls } = options;
  const now = () => performance.now();
  const admission = new Admission(limits, now);
  const metrics = startMetrics({
    admission,
    memoryBytes: () => Deno.memoryUsage().rss,
  });
  await using stack = new AsyncDisposableStack();
  const workers = Math.min(navigator.hardwareConcurrency, MAX_WORKERS);
  const decoders = stack.use(openDecoders({
    workers,
    pixels: limits.pixels,
    largePixels: limits.largePixels,
    decodeMs: limits.requestMs,
  }));
  const backbones = new SharedBackbones(metrics.countBatch);
  const load = (name: string) =>
    loadServed(workspace, name, {
      engine,
      temperature,
      batchSize,
      cache,
      onEvent,
      waitMs,
      // No other photo waits meanwhile.
      mayBlock: () => admission.photos === 1,
      most: () => admission.photosIn(BATCH_MS),
      decoders,
      backbones,
    });
  const catalogue = stack.adopt(
    new Catalogue([]),
    (catalogue) => catalogue[Symbol.asyncDispose](),
  );
  for (const name of new Set(runs)) {
    catalogue.replace(await load(name));
  }
  await Promise.all(
    catalogue.names.map((name) => warmUp(catalogue.get(name), workers)),
  );
  {
    // Once more, to know before the first request how long photos take.
    using ticket = admission.enter();
    ticket.takePhotos(1);
    await warmUp(catalogue.get(), 1);
    ticket.noteAnswer();
  }
  let isStopping = false;
  const parts: AppParts = {
    catalogue,
    admission,
    limits,
    metrics,
    log,
    threshold,
    access: {
      hosts: allowedHosts(address, options.hosts ?? []),
      origins: options.origins ?? [],
      token: options.token,
    },
    now,
    health: () =>
      isStopping
        ? "stopping"
        : catalogue.names.some((name) =>
            catalogue.get(name).version === "broken"
          )
        ? "failed"
        : "ok",
  };
  stack.use(watchRuns({
    catalogue,
    metrics,
    log,
    load,
    findVersion: (name) => findVersion(workspace, name),
  }, WATCH_MS));
  const server = listen(createApp(parts), {
    address,
    port,
    tls,
    drainMs: limits.requestMs,
  });
  const owned = stack.move();
  let stopped: Promise<void> | undefined;
  const stop = () =>
    stopped ??= (async () => {
      isStopping = true;
      log({ level: "info", event: "stopping", photos: admission.photos });
      await server.drain();
      await owned.disposeAsync();
      log({ level: "info", event: "stopped" });
    })();
  log({ level: "info", event: "listening", address: server.address });
  return { address: server.address, stop, [Symbol.asyncDispose]: stop };
}
