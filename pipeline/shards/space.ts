/** An early warning where the disk has too little room for a stage. */

import { format } from "@std/fmt/bytes";
import type { StageFiles } from "../artifact/stage_files.ts";
import type { StageContext } from "./events.ts";

/**
 * Warns if the files of a stage, as far as they are not there, need more than is free.
 *
 * @param bytes What all of them need, roughly.
 */
export async function warnOfSpace(
  job: Pick<StageContext, "store" | "emit"> & { files: StageFiles },
  bytes: number,
): Promise<void> {
  const { store, emit, files: { directory, work: { stage } } } = job;
  const free = await store.freeBytes();
  if (free === undefined) return;
  const there = (await store.list(directory))
    .reduce((sum, { sizeBytes }) => sum + Math.max(0, sizeBytes), 0);
  const needed = bytes - there;
  if (needed <= free) return;
  const message = `${stage} needs about ${format(needed)}, and ${
    format(free)
  } are free: it stops when the disk is full, and goes on when there is room`;
  emit({ type: "warning", stage, message });
}
