/** How far parts are, for people. */

import type { PartProgress, StageProgress } from "../../mod.ts";
import { formatPart } from "../../pipeline/shards/part.ts";
import { formatDuration } from "./progress.ts";
import { count } from "./words.ts";

/** Parts of a kind that are named before the rest is counted. */
const SHOWN = 8;

/** Names parts by their numbers. */
function nameParts(parts: readonly { index: number; count: number }[]): string {
  const shown = parts.slice(0, SHOWN).map(formatPart).join(", ");
  const more = parts.length - SHOWN;
  return more > 0 ? `${shown} and ${more} more` : shown;
}

/** Says that parts have ended before they were done, if any have. */
function describeEnded(
  parts: readonly PartProgress[],
  state: "stopped" | "failed",
): string[] {
  const ended = parts.filter((part) => part.state === state);
  return ended.length > 0 ? [`  ${state}: part ${nameParts(ended)}`] : [];
}

/** Shows a stage: how far it is, and what is wrong with which parts. */
function renderStage(progress: StageProgress): string[] {
  const { stage, shardsDone, shards, parts, imagesPerSecond } = progress;
  const told = new Set(parts.map(({ index }) => index));
  const silent = Array.from({ length: progress.count }, (_, index) => index)
    .filter((index) => !told.has(index))
    .map((index) => ({ index, count: progress.count }));
  const { secondsLeft } = progress;
  const left = secondsLeft === null
    ? "nobody at work"
    : `${imagesPerSecond.toFixed(1)} images/s, ${
      formatDuration(secondsLeft * 1000)
    } left`;
  const done = parts.filter(({ state }) => state === "done").length;
  return [
    `${stage}: ${shardsDone}/${
      count(shards, "shard")
    }, ${done}/${progress.count} parts, ${left}`,
    ...parts.filter(({ looksDead }) => looksDead).map((part) =>
      `  looks dead: part ${formatPart(part)}, silent for ${
        formatDuration(part.quietSeconds * 1000)
      } after ${part.imagesDone} of ${count(part.images, "image")}`
    ),
    ...describeEnded(parts, "failed"),
    ...describeEnded(parts, "stopped"),
    ...silent.length > 0 ? [`  not begun: part ${nameParts(silent)}`] : [],
  ];
}

/** Shows the stages that parts are at. */
export function renderProgress(stages: readonly StageProgress[]): string[] {
  return stages.flatMap(renderStage);
}
