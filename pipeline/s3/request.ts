/**
 * Requests to an object store and answers, as values: where they go, and whether their
 * bytes are whole.
 */

import { sha256 } from "../artifact/digest.ts";
import type { Access } from "./credentials.ts";
import { encodeKey, type Location } from "./location.ts";

export interface StoreRequest {
  method: "GET" | "HEAD" | "PUT" | "POST" | "DELETE";
  /** The object; an empty key stands for the bucket. */
  at: Location;
  /** What it is about, for errors. @default what it is sent to */
  about?: Location;
  /** What it does, for errors: a verb. */
  doing: string;
  query?: Readonly<Record<string, string>>;
  headers?: Readonly<Record<string, string>>;
  body?: Uint8Array;
  /** Statuses besides those of success that are no failure. */
  expects?: readonly number[];
  /** Most bytes of an answer. */
  maxBytes?: number;
  /** Bytes after which the rest of an answer is not read. */
  firstBytes?: number;
}

/** An answer, whole. */
export interface Answer {
  status: number;
  headers: Headers;
  bytes: Uint8Array<ArrayBuffer>;
}

/** Returns the address of a request. */
export function addressOf(
  { at: { bucket, key }, query = {} }: StoreRequest,
  { endpoint, region }: Access,
): URL {
  // A certificate for *.s3.…amazonaws.com covers no bucket with a dot.
  const isPath = endpoint !== undefined || bucket.includes(".");
  const host = endpoint ??
    (isPath
      ? `https://s3.${region}.amazonaws.com`
      : `https://${bucket}.s3.${region}.amazonaws.com`);
  const path = [...isPath ? [bucket] : [], ...key ? [encodeKey(key)] : []];
  const url = new URL([host, ...path].join("/"));
  url.search = Object.entries(query)
    .map((pair) => pair.map(encodeURIComponent).join("=")).join("&");
  return url;
}

/** Encodes a digest as headers of AWS have it. */
function toBase64(hex: string): string {
  return Uint8Array.fromHex(hex).toBase64();
}

/**
 * Returns the checksum headers of a request: the server refuses a body that is damaged
 * on the way, and keeps the checksum of an object that comes in one request. That of a
 * part, or of a list of parts, would stand for something else.
 *
 * Source: Amazon S3 user guide, "Checking object integrity in Amazon S3".
 */
export async function checksums(
  { method, body, query }: StoreRequest,
): Promise<Record<string, string>> {
  if (body === undefined) return {};
  const digest = await sha256(body);
  return {
    "x-amz-content-sha256": digest,
    ...method === "PUT" && query === undefined &&
      { "x-amz-checksum-sha256": toBase64(digest) },
  };
}

/** Compares a whole object with the checksum that the server has of it, if it has one. */
export async function isDamaged(
  { headers, status, bytes }: Answer,
): Promise<boolean> {
  const expected = headers.get("x-amz-checksum-sha256");
  const isWhole = status === 200 &&
    Number(headers.get("content-length")) === bytes.length;
  // That of an upload in parts is made of those of the parts, and ends in their number.
  if (!isWhole || expected === null || expected.includes("-")) return false;
  return toBase64(await sha256(bytes)) !== expected;
}
