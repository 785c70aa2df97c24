import type { Geometry } from "../../../pipeline/image/preprocessing.ts";

/** What the tests make of photos. */
export const GEOMETRY: Geometry = {
  imageSize: 48,
  shortSide: 56,
  resize: "crop",
  interpolation: "bilinear",
  orientation: "ignore",
};

/** A module for workers. */
export function moduleOf(source: string): URL {
  return new URL(`data:text/javascript,${encodeURIComponent(source)}`);
}
