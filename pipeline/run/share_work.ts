/**
 * Sharing the work of a stage among several tasks: what this one does, and what it
 * tells the others.
 */

import { Artifact } from "../artifact/artifact.ts";
import type { Work } from "../artifact/fingerprint.ts";
import { MANIFEST } from "../artifact/manifest.ts";
import { StageFiles } from "../artifact/stage_files.ts";
import { MissingArtifactError } from "../errors.ts";
import type { Part } from "../shards/part.ts";
import { listInputs, type Stage } from "../stages/stage.ts";
import type { RunParts } from "./events.ts";
import { requireDigest } from "./fetch_preset.ts";
import { planStage } from "./plan.ts";
import type { StageContext } from "../shards/events.ts";

/** What a task does of shared work: one of the parts, or the sealing. */
export type Role = Part | "seal";

/** What a part did. */
export interface PartCounts {
  /** Shards of the part. */
  shards: number;
  /** Those of them that this task made. */
  made: number;
}

/** The context of a stage, and its end. */
interface SharedWork {
  context: RunParts & StageContext;
  /** Waits for the stage, and tells how it ended. */
  settle(work: Promise<Artifact | undefined>): Promise<Artifact | undefined>;
}

/** Prepares a part. */
async function openPart(
  parts: RunParts,
  files: StageFiles,
  { part, counts }: { part: Part; counts: PartCounts | undefined },
): Promise<SharedWork> {
  const { NoteWriter } = await import("./part_notes.ts");
  const { store, signal } = parts;
  const note = new NoteWriter(store, files.directory, part);
  const stop = () => note.stop();
  signal.addEventListener("abort", stop, { once: true });
  const isSealed = async () =>
    await store.stat(files.path(MANIFEST)) !== undefined;
  const filled = (found: PartCounts) => void Object.assign(counts ?? {}, found);
  return {
    context: {
      ...parts,
      share: { kind: "part", part, filled },
      emit(event) {
        note.hear(event);
        parts.emit(event);
      },
    },
    async settle(work) {
      // What has ended tells how by itself.
      const ended = work.finally(() =>
        signal.removeEventListener("abort", stop)
      );
      try {
        const artifact = await ended;
        // Another task with this part may have been faster, and the seal too.
        await note.close("done", isSealed);
        return artifact;
      } catch (error) {
        // A disk that refuses the note too must not hide what has failed.
        const state = signal.aborted ? "stopped" : "failed";
        await note.close(state, isSealed).catch(() => {});
        throw error;
      }
    },
  };
}

/**
 * Prepares to complete a stage, or to do a share of its work.
 *
 * @param role What this task does of shared work; it makes the stage alone if not given.
 */
export async function shareWork(
  parts: RunParts,
  work: Work,
  role: Role | undefined,
  counts: PartCounts | undefined,
): Promise<SharedWork> {
  const files = await StageFiles.open(parts.store, work);
  if (role !== undefined && role !== "seal") {
    return await openPart(parts, files, { part: role, counts });
  }
  const notes = () => import("./part_notes.ts");
  const [note] = role
    ? await (await notes()).readNotes(parts.store, files.directory)
    : [];
  const share = role && { kind: role, count: note?.count };
  return {
    context: { ...parts, share },
    async settle(work) {
      const artifact = await work;
      if (share || !artifact?.skipped) {
        const { removeNotes } = await notes();
        await removeNotes(parts.store, files.directory);
      }
      return artifact;
    },
  };
}

/**
 * Finds a stage that a shared stage reads, which must be complete: each of many tasks
 * would make it otherwise.
 *
 * Its manifest is read and nothing else: thousands of parts would look at the same
 * files, and what a part uses of them is checked when it is read.
 *
 * @throws {MissingArtifactError} If it is not complete.
 */
export async function requireStage(
  parts: RunParts,
  stage: Stage,
): Promise<Artifact> {
  const { store, file, keepsIndex } = parts;
  const inputs: Record<string, Artifact> = {};
  for (const { name, input } of listInputs(stage)) {
    inputs[name] = await requireStage(parts, input);
  }
  const isFirst = Object.keys(inputs).length === 0;
  const backboneDigest = () => requireDigest(parts);
  const work = keepsIndex && isFirst && file.works[stage.name] ||
    (await planStage(stage, { parts, inputs, backboneDigest })).work;
  const files = await StageFiles.open(store, work);
  const manifest = await files.manifest();
  if (manifest) return new Artifact(files, manifest);
  throw new MissingArtifactError(
    `Cannot share the work of run "${file.name}" as its stage "${stage.name}" is not complete: complete it with the task ${stage.task} first`,
    { stage: stage.name, path: files.path(MANIFEST) },
  );
}
