/**
 * Which photos the page shows, chosen from predictions that come one at a time.
 *
 * @module
 */

import { Strongest } from "../findings/strongest.ts";
import type { Prediction } from "../metrics/prediction.ts";
import { type Cell, cellKey } from "./confusion_view.ts";

/** Most photos of a cell that are shown. */
export const CELL_PHOTOS = 12;

/** Most mistakes that are shown by themselves. */
export const WORST_MISTAKES = 24;

/** The least likely truth first. */
function byLoss(a: Prediction, b: Prediction): number {
  return b.loss - a.loss;
}

/** Returns the class that was predicted. */
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

  /**
   * Starts with none.
   *
   * @param classNames Class names by label.
   */
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
