/**
 * Which photos the page shows, chosen from predictions that come one at a time, and how
 * many of them it has room for.
 */

import type { Evidence } from "../evidence/activation_map.ts";
import { Strongest } from "../findings/strongest.ts";
import type { Prediction } from "../metrics/prediction.ts";
import { type Cell, cellKey } from "./confusion_view.ts";
import type { FindingGroup } from "./finding_groups.ts";

/** Most photos of a cell that are shown. */
export const CELL_PHOTOS = 12;

/** Most mistakes that are shown by themselves. */
export const WORST_MISTAKES = 24;

/** The least likely truth first. */
function byLoss(a: Prediction, b: Prediction): number {
  return b.loss - a.loss;
}

export function predictedClass({ top5 }: Pick<Prediction, "top5">): string {
  return top5[0]!.class;
}

/** Chooses the photos with the highest loss: of each cell, and of all mistakes. */
export class PhotoSelection {
  readonly cells: ReadonlyMap<string, Strongest<Prediction>>;
  readonly mistakes: Strongest<Prediction> = new Strongest(
    WORST_MISTAKES,
    byLoss,
  );
  readonly #labels: ReadonlyMap<string, number>;

  /** Starts with none. */
  constructor(classNames: readonly string[], cells: readonly Cell[]) {
    this.#labels = new Map(classNames.map((name, label) => [name, label]));
    this.cells = new Map(
      cells.map((cell) => [cellKey(cell), new Strongest(CELL_PHOTOS, byLoss)]),
    );
  }

  add(prediction: Prediction): void {
    const label = this.#labels.get(prediction.true)!;
    const predicted = this.#labels.get(predictedClass(prediction))!;
    this.cells.get(cellKey({ label, predicted }))?.add(prediction);
    if (label !== predicted) this.mistakes.add(prediction);
  }

  /** The photos of cells: the first of every cell, then the second, and so on; mistakes before what is right. */
  *roundRobin(): Generator<Prediction> {
    const isRight = (key: string) => {
      const [label, predicted] = key.split("-");
      return label === predicted;
    };
    const all = [...this.cells];
    for (const right of [false, true]) {
      const cells = all.filter(([key]) => isRight(key) === right)
        .map(([, cell]) => cell.list());
      for (let i = 0; i < CELL_PHOTOS; i++) {
        for (const photos of cells) if (photos[i]) yield photos[i]!;
      }
    }
  }
}

/** Most photos that thumbnails are made of. */
export const MOST_PHOTOS = 500;

/**
 * Most bytes of all thumbnails, which take a third more as text: a page of 40
 * classes that are all confused is 2 MB without them, and is to stay below 4.
 */
export const THUMBNAIL_BYTES = 1_380_000;

/** Most photos of a finding that are shown. */
export const FINDING_PHOTOS = 4;

/** Photos that the page may show. */
interface ShownPhotos {
  /** Photos of cells, and the worst mistakes. */
  selection: PhotoSelection;
  /** Photos with heatmaps, if there are any. */
  evidence: { items: readonly Evidence[] } | undefined;
  /** Possible faults of the data, if they were searched. */
  findings: readonly FindingGroup[] | undefined;
}

/** Lists rows of photos, the most important first: mistakes, heatmaps, findings, cells. */
function* listPhotos(
  { selection, evidence, findings }: ShownPhotos,
): Generator<{ record: number }> {
  yield* selection.mistakes.list();
  yield* evidence?.items ?? [];
  for (const { strongest } of findings ?? []) {
    for (const { photos } of strongest) yield* photos.slice(0, FINDING_PHOTOS);
  }
  yield* selection.roundRobin();
}

/**
 * Takes photos by their importance, each once.
 *
 * @returns Their rows, at most {@linkcode MOST_PHOTOS}, the most important first.
 */
export function rankPhotos(shown: ShownPhotos): Set<number> {
  const ranked = new Set<number>();
  for (const { record } of listPhotos(shown)) {
    if (ranked.size === MOST_PHOTOS) break;
    ranked.add(record);
  }
  return ranked;
}

/**
 * Keeps thumbnails until there is no more room.
 *
 * @param ranked Rows of photos in order of importance.
 * @returns Those that fit, at most {@linkcode THUMBNAIL_BYTES} together.
 */
export function fitThumbnails(
  ranked: Iterable<number>,
  thumbnails: ReadonlyMap<number, Uint8Array>,
): Map<number, Uint8Array> {
  const kept = new Map<number, Uint8Array>();
  let room = THUMBNAIL_BYTES;
  for (const record of ranked) {
    const bytes = thumbnails.get(record);
    if (bytes === undefined) continue;
    room -= bytes.length;
    if (room < 0) break;
    kept.set(record, bytes);
  }
  return kept;
}
