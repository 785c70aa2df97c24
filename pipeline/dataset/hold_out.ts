/** How much of the training images is held out, for each kind of dataset. */

import { DatasetError } from "../errors.ts";
import type { HoldOut, Split } from "./split.ts";

/** Share held out for validation if no share is given and the dataset has no held-out split. */
const DEFAULT_VALIDATION = 0.2;

/** What the user asked to hold out; `null` where nothing was said. */
export interface HoldOutRequest {
  /** Share for validation. */
  validation: number | null;
  /** Share for test. */
  test: number | null;
}

/**
 * Decides the shares to hold out of the training images.
 *
 * A dataset that has a validation or test split keeps all training images unless
 * asked; one without is divided, so that there are photos to evaluate on.
 *
 * @param present The splits that the dataset gives; `undefined` among them if some images have none.
 * @throws {DatasetError} If a split is asked for that the dataset already has.
 */
export function resolveHoldOut(
  present: ReadonlySet<Split | undefined>,
  request: HoldOutRequest,
): HoldOut {
  for (const split of ["validation", "test"] as const) {
    if (present.has(split) && (request[split] ?? 0) > 0) {
      throw new DatasetError(
        `Cannot hold out ${
          request[split]
        } of the training images for ${split} as the dataset has a ${split} split of its own`,
      );
    }
  }
  const isDivided = present.has("validation") || present.has("test");
  return {
    validation: request.validation ?? (isDivided ? 0 : DEFAULT_VALIDATION),
    test: request.test ?? 0,
  };
}
