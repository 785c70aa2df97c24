/**
 * The photos of a request: its body, or the files of a form.
 *
 * What a file is called is said again in the answer, and used for nothing else.
 */

import { Buffer } from "node:buffer";
import { ApiError } from "./api_error.ts";

/** A photo of a request. */
export interface RequestPhoto {
  /** What the file is called, if it is one of a form. */
  name: string | undefined;
  /** Its bytes. */
  bytes: Uint8Array;
}

/** Most characters of a name that are said again. */
const MOST_CHARACTERS = 255;

/**
 * Types of bodies that are a photo. Its format is seen in its bytes; clients that
 * are told nothing send the last two.
 */
const RAW =
  /^(image\/[\w.+-]+|application\/octet-stream|application\/x-www-form-urlencoded)?$/;

/** The boundary of a form, as a parameter of its type (RFC 2046, 5.1.1). */
const BOUNDARY = /;\s*boundary=(?:"([^"\\\r\n]{1,70})"|([^\s";,]{1,70}))/i;

/** Most parts of a form for each photo that it may have: fields are read too, and forgotten. */
const PARTS_A_PHOTO = 4;

/** Counts how often some bytes occur, at most `most` times and once. */
function countUpTo(bytes: Uint8Array, wanted: string, most: number): number {
  const { buffer, byteOffset, length } = bytes;
  const all = Buffer.from(buffer, byteOffset, length);
  let count = 0;
  for (
    let at = all.indexOf(wanted);
    at >= 0 && count <= most;
    at = all.indexOf(wanted, at + wanted.length)
  ) count++;
  return count;
}

/**
 * Reads a form. Its parts are counted before: each one costs some microseconds and a
 * kilobyte, however small it is, and holds up all other requests.
 */
async function readForm(
  type: string,
  bytes: Uint8Array,
  most: number,
): Promise<FormData> {
  const match = BOUNDARY.exec(type);
  const boundary = match?.[1] ?? match?.[2] ?? "";
  const parts = PARTS_A_PHOTO * most;
  // One more than parts: the boundary that ends the form.
  const boundaries = parts + 1;
  if (match && countUpTo(bytes, `--${boundary}`, boundaries) > boundaries) {
    throw new ApiError(
      "too_many_photos",
      `Cannot read the form as it may have ${parts} parts: it has more`,
    );
  }
  // No other boundary than the one that was counted.
  const headers = { "content-type": `multipart/form-data${match?.[0] ?? ""}` };
  try {
    return await new Response(bytes as BodyInit, { headers }).formData();
  } catch (cause) {
    const error = new ApiError(
      "bad_multipart",
      "Cannot read the body as multipart/form-data: it is damaged or cut off",
    );
    throw Object.assign(error, { cause });
  }
}

/** What kind of body a request has. */
export interface BodyKind {
  /** The content type, as it is. */
  type: string;
  /** Whether it is a form. */
  isForm: boolean;
}

/**
 * Says what kind of body a request has.
 *
 * @throws {ApiError} If it can be no photo.
 */
export function bodyKind(type: string | null): BodyKind {
  const [media = ""] = (type ?? "").toLowerCase().split(";");
  if (media.trim() === "multipart/form-data") {
    return { type: type!, isForm: true };
  }
  if (RAW.test(media.trim())) return { type: type ?? "", isForm: false };
  throw new ApiError(
    "unsupported_media_type",
    "Cannot take the body as it must be a photo (image/*) or multipart/form-data with photos: its content type is another",
  );
}

/**
 * Finds the photos of a body.
 *
 * @param most Most photos.
 * @returns The photos, in order, at least one.
 * @throws {ApiError} If there is none, or too many, or the form cannot be read.
 */
export async function requestPhotos(
  bytes: Uint8Array,
  kind: BodyKind,
  most: number,
): Promise<RequestPhoto[]> {
  if (!kind.isForm) {
    if (bytes.length > 0) return [{ name: undefined, bytes }];
    throw new ApiError("no_photo", "Cannot read the photo: the file is empty");
  }
  const form = await readForm(kind.type, bytes, most);
  const files = [...form.values()].filter((value) => value instanceof File);
  if (files.length === 0) {
    throw new ApiError("no_photo", "Cannot classify a form without a file");
  }
  if (files.length > most) {
    throw new ApiError(
      "too_many_photos",
      `Cannot classify more than ${most} photos of a request: it has ${files.length}`,
    );
  }
  return await Promise.all(files.map(async (file) => ({
    name: file.name.slice(0, MOST_CHARACTERS),
    bytes: new Uint8Array(await file.arrayBuffer()),
  })));
}
