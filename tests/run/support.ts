/**
 * Work directories for tests of whole runs.
 *
 * @module
 */

import type { Config } from "../../pipeline/config/config_type.ts";
import type { PipelineEvent } from "../../pipeline/run/events.ts";
import { openWorkspace, type Workspace } from "../../pipeline/run/workspace.ts";
import { tempDir } from "../support/temp_dir.ts";

/** Settings under which the embedded photos take a second. */
export const QUICK: Partial<Config> = {
  engine: "wasm",
  imageSize: 32,
  shardSize: 32,
  hidden: 16,
  epochs: 2,
};

/** A work directory that is removed when it is disposed of. */
export interface TestWorkspace extends Workspace, AsyncDisposable {
  /** What was heard, in order. */
  events: PipelineEvent[];
  /** Hears what happens. */
  onEvent: (event: PipelineEvent) => void;
  /** Flips the last bit of a file. */
  damage(path: string): Promise<void>;
}

/** Opens an empty work directory. */
export async function testWorkspace(): Promise<TestWorkspace> {
  const directory = await tempDir();
  const { root, store, [Symbol.dispose]: unlock } = await openWorkspace(
    directory.path,
  );
  const events: PipelineEvent[] = [];
  return {
    root,
    store,
    events,
    onEvent: (event) => void events.push(event),
    async damage(path) {
      const bytes = (await store.read(path))!;
      bytes[bytes.length - 1]! ^= 1;
      await store.writeAtomic(path, bytes);
    },
    async [Symbol.asyncDispose]() {
      unlock();
      await directory[Symbol.asyncDispose]();
    },
  };
}
