/**
 * Progress of stages that several tasks make together: from their notes and the names
 * of their shards. No photo is looked at, so that it may be asked for every few
 * seconds.
 */

import { StageFiles } from "../artifact/stage_files.ts";
import { openedWork } from "../shards/opened_photos.ts";
import { definitionOf } from "../stages/stage.ts";
import { STAGES } from "../stages/stages.ts";
import { DEFAULT_RUN, requireRun } from "./open_run.ts";
import { type PartNote, readNotes } from "./part_notes.ts";
import type { Workspace } from "./workspace.ts";

/** A part that has told, and when it last did. */
export interface PartProgress extends PartNote {
  /** Seconds since it last told. */
  quietSeconds: number;
  /** Whether it says that it is at work, and has not told for five times as long as a shard takes it, or ten minutes before its first. */
  looksDead: boolean;
}

/** How far a stage is that parts are at. */
export interface StageProgress {
  /** The stage. */
  stage: string;
  /** Shards that are there. */
  shardsDone: number;
  /** Shards of the stage. */
  shards: number;
  /** Images a second, of the parts that are at work. */
  imagesPerSecond: number;
  /** Seconds that the rest takes at this rate; `null` if nobody is at work. */
  secondsLeft: number | null;
  /** Number of parts in all. */
  count: number;
  /** The parts that have told, by number. */
  parts: PartProgress[];
}

/** Name of a shard. */
const SHARD = /-\d{5}-of-\d{5}\.safetensors$/;

/** Shards in whose time a part tells at least once. */
const QUIET_SHARDS = 5;

/** Least seconds of silence of a part that looks dead, and those of one that has made nothing yet. */
const QUIET = { least: 60, first: 600 };

/** Images a second of a part; 0 before its first. */
function rateOf(note: PartNote): number {
  const ms = Date.parse(note.updatedAt) - Date.parse(note.startedAt);
  return ms > 0 ? (note.imagesDone - note.imagesKept) / (ms / 1000) : 0;
}

/** Looks at what a part told. */
function judge(note: PartNote, nowMs: number): PartProgress {
  const quietSeconds = Math.max(0, (nowMs - Date.parse(note.updatedAt)) / 1000);
  const rate = rateOf(note);
  const shardSeconds = note.images / Math.max(1, note.shards) / rate;
  const patience = rate > 0
    ? Math.max(QUIET.least, QUIET_SHARDS * shardSeconds)
    : QUIET.first;
  const looksDead = note.state === "running" && quietSeconds > patience;
  return { ...note, quietSeconds, looksDead };
}

/** Adds up what the parts of a stage told. */
export function summarizeParts(
  stage: string,
  notes: readonly PartNote[],
  { shardsDone, nowMs }: { shardsDone: number; nowMs: number },
): StageProgress {
  const parts = notes.map((note) => judge(note, nowMs));
  const { count = 0, shardsOfStage: shards = 0 } = notes[0] ?? {};
  const atWork = parts.filter(({ state, looksDead }) =>
    state === "running" && !looksDead
  );
  const imagesPerSecond = atWork.reduce((sum, part) => sum + rateOf(part), 0);
  const sum = (key: "images" | "shards") =>
    parts.reduce((total, part) => total + part[key], 0);
  const imagesOfShard = sum("images") / Math.max(1, sum("shards"));
  const imagesLeft = Math.max(0, shards - shardsDone) * imagesOfShard;
  const secondsLeft = imagesPerSecond > 0 ? imagesLeft / imagesPerSecond : null;
  return {
    ...{ stage, shardsDone, shards },
    ...{ imagesPerSecond, secondsLeft, count, parts },
  };
}

/**
 * Looks how far the stages of a run are that parts are at.
 *
 * @returns The stages that are not complete and of which a part has told, in order.
 * @throws {MissingArtifactError} If there is no run of this name.
 */
export async function readProgress(
  workspace: Workspace,
  options: { run?: string | undefined } = {},
): Promise<StageProgress[]> {
  const { store } = workspace;
  const { works } = await requireRun(workspace, options.run ?? DEFAULT_RUN);
  const stages: StageProgress[] = [];
  for (const stage of STAGES) {
    const work = works[stage.name];
    if (work === undefined || !definitionOf(stage).isShared) continue;
    const files = await StageFiles.open(store, work);
    const notes = await readNotes(store, files.directory);
    const isMade = notes.length > 0 &&
      await files.manifest().catch(() => undefined) === undefined;
    if (!isMade) continue;
    const opened = await StageFiles.open(store, openedWork(work));
    const listed = [
      ...await store.list(files.directory),
      ...await store.list(opened.directory),
    ];
    const shardsDone = listed.filter(({ path }) => SHARD.test(path)).length;
    const nowMs = Date.now();
    stages.push(summarizeParts(stage.name, notes, { shardsDone, nowMs }));
  }
  return stages;
}
