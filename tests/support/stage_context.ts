/**
 * A context for stages that keeps the events it is given.
 *
 * @module
 */

import type { StageContext, StageEvent } from "../../pipeline/shards/events.ts";
import { MemoryStore } from "./memory_store.ts";

/** A context whose store is in memory. */
export interface TestContext extends StageContext {
  /** The work directory. */
  store: MemoryStore;
  /** What was heard, in order. */
  events: StageEvent[];
  /** Asks the stage to stop. */
  stop: () => void;
}

/**
 * Makes a context.
 *
 * @param store The work directory, empty if not given.
 * @returns The context.
 */
export function testContext(
  store: MemoryStore = new MemoryStore(),
): TestContext {
  const controller = new AbortController();
  const events: StageEvent[] = [];
  return {
    store,
    events,
    signal: controller.signal,
    emit: (event) => void events.push(event),
    stop: () => controller.abort(),
  };
}
