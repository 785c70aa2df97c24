/** Errors of requests, as the answer says them. */

import {
  BackendUnavailableError,
  ImageError,
  LateImageError,
} from "../errors.ts";

/** Codes of errors, with the status of each. */
const STATUS = {
  bad_request: 400,
  bad_multipart: 400,
  no_photo: 400,
  unauthorized: 401,
  host_not_allowed: 403,
  origin_not_allowed: 403,
  not_found: 404,
  no_such_run: 404,
  no_report: 404,
  method_not_allowed: 405,
  body_too_slow: 408,
  length_required: 411,
  body_too_large: 413,
  image_too_large: 413,
  too_many_photos: 413,
  unsupported_media_type: 415,
  not_an_image: 422,
  busy: 429,
  // The client is gone: this status is only counted and logged, as proxies do.
  gone: 499,
  failed: 500,
  stopping: 503,
  too_slow: 503,
} as const;

/** Code of an error. */
export type ErrorCode = keyof typeof STATUS;

/** Codes of errors, for the description of the interface. */
export const ERROR_CODES = Object.keys(STATUS) as [ErrorCode];

/** A request that cannot be answered as it wants. */
export class ApiError extends Error {
  /** Name of the error. */
  override name = "ApiError";
  /** What programs tell it by. */
  readonly code: ErrorCode;

  /** Creates the error. */
  constructor(code: ErrorCode, message: string) {
    super(message);
    this.code = code;
  }

  /** Status of the answer. */
  get status(): (typeof STATUS)[ErrorCode] {
    return STATUS[this.code];
  }
}

/** Seconds after which a client may send a refused request again. */
const RETRY_SECONDS = 1;

/**
 * Turns an error into the one of the answer. Details of a failure of the server stay
 * out of it.
 */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof LateImageError) {
    return new ApiError("too_slow", `Cannot read the photo: ${error.message}`);
  }
  if (error instanceof ImageError) {
    return new ApiError(
      "not_an_image",
      `Cannot read the photo: ${error.message}`,
    );
  }
  const what = error instanceof BackendUnavailableError
    ? "the engine has stopped working"
    : "of an error of the server";
  return new ApiError("failed", `Cannot answer as ${what}: see its log`);
}

/**
 * Makes the answer of an error.
 *
 * @returns The answer, `{"error": {"code", "message"}}`.
 */
export function errorResponse({ code, message, status }: ApiError): Response {
  const headers = new Headers();
  if (status === 429 || status === 503) {
    headers.set("Retry-After", String(RETRY_SECONDS));
  }
  if (status === 401) headers.set("WWW-Authenticate", "Bearer");
  // What is left of the body is not waited for.
  if (status === 408) headers.set("Connection", "close");
  return Response.json({ error: { code, message } }, { status, headers });
}
