/** What photos show, as the answer says it. */

import type { SquareClassification } from "../classify/classification.ts";
import { type ErrorCode, toApiError } from "./api_error.ts";
import { drawHeatPictures, type HeatPictures } from "./heat_pictures.ts";
import type { ServeMetrics } from "./metrics.ts";
import type { RequestPhoto } from "./request_photos.ts";
import type { ServedModel } from "./served_model.ts";

/** What is wanted of the photos of a request. */
export interface Wanted {
  /** The run. */
  model: ServedModel;
  /** How many classes. */
  topK: number | undefined;
  /** Whether, or for which class, there is to be a map. */
  heatmap: boolean | string;
  /** A photo is unsure below this probability. */
  threshold: number;
  /** Gives photos up that wait. */
  signal: AbortSignal;
  /** Counts the photos. */
  metrics: Pick<ServeMetrics, "countPhoto">;
}

/** What a photo shows. */
export interface PhotoAnswer extends Pick<SquareClassification, "top"> {
  /** Present if the likeliest class is below the threshold. */
  unsure?: true;
  /** Where it speaks for a class, if that was wanted. */
  heatmap?: HeatPictures & { class: string };
}

/** What a photo of a form shows, or why it shows nothing. */
export type NamedAnswer =
  & { name: string | undefined }
  & (PhotoAnswer | { error: { code: ErrorCode; message: string } });

/**
 * Says what a photo shows, and counts it.
 *
 * @throws {ImageError} If it is no photo.
 */
export async function answerPhoto(
  { bytes }: RequestPhoto,
  { model, topK, heatmap, threshold, signal, metrics }: Wanted,
): Promise<PhotoAnswer> {
  const { run } = model.facts;
  try {
    const { top, heat } = await model.classify(bytes, {
      topK,
      heatmap,
      signal,
    });
    const [likeliest] = top;
    const name = heatmap === true ? likeliest!.class : String(heatmap);
    const pictures = heat && await drawHeatPictures(heat);
    metrics.countPhoto(run, "ok");
    return {
      top,
      ...likeliest!.probability < threshold && { unsure: true },
      ...pictures && { heatmap: { class: name, ...pictures } },
    };
  } catch (error) {
    metrics.countPhoto(run, toApiError(error).code);
    throw error;
  }
}

/**
 * Says what the photos of a form show; one that cannot be read does not stop the
 * others.
 *
 * @returns An answer for each, in order.
 * @throws What is wrong with the server, and so with all of them.
 */
export async function answerPhotos(
  photos: readonly RequestPhoto[],
  wanted: Wanted,
): Promise<{ photos: NamedAnswer[] }> {
  const answers = photos.map(async (photo): Promise<NamedAnswer> => {
    const { name } = photo;
    try {
      return { name, ...await answerPhoto(photo, wanted) };
    } catch (error) {
      const { code, message, status } = toApiError(error);
      // What is wrong with the server is wrong with the whole request.
      if (status >= 499) throw error;
      return { name, error: { code, message } };
    }
  });
  // All of them, so that nothing is under way when this one is over.
  await Promise.allSettled(answers);
  return { photos: await Promise.all(answers) };
}
