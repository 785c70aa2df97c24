/**
 * Manifests: the list of a stage's files, written last.
 *
 * Where `manifest.json` exists, every file it lists was complete before it was
 * written. It holds no time and no machine, so that the same work on the same
 * engine gives the same bytes.
 */

import { z } from "zod";
import { canonicalJson, decodeJson, type Json } from "./canonical_json.ts";
import { sha256 } from "./digest.ts";
import { FormatError } from "../errors.ts";
import type { Work } from "./fingerprint.ts";
import { checkSeal, encodeSealedText } from "./seal.ts";

/** Name of the manifest in the directory of a stage. */
export const MANIFEST = "manifest.json";

/** One file of a stage. */
export interface ManifestFile {
  /** Path, relative to the directory of the stage. */
  path: string;
  /** Size in bytes. */
  sizeBytes: number;
  /** SHA-256 of the whole file, in hex. */
  digest: string;
  /** Samples it holds, for shards. */
  rows?: number | undefined;
}

/** The files of a stage, and the work that made them. */
export interface Manifest {
  /** Version of this format. */
  format: 1;
  /** Fingerprint of the work, in hex. */
  fingerprint: string;
  /** The work itself, to say later what changed. */
  work: Work;
  /** The files, in the order they were planned. */
  files: ManifestFile[];
  /** Totals that later stages and people want without opening the files. */
  counts: Record<string, number>;
}

/** Whether a path stays below the directory it is relative to: what a manifest lists may be removed. */
function isInside(path: string): boolean {
  return !path.includes("\0") &&
    !path.split(/[/\\]/).some((part) => ["", ".", ".."].includes(part));
}

/** Checks a SHA-256 in hex. */
export const HEX_DIGEST: z.ZodType<string> = z.string().regex(/^[0-9a-f]{64}$/);

/** Checks the name of a stage, which begins the name of a folder. */
export const STAGE_NAME: z.ZodType<string> = z.string().regex(
  /^[a-z]+(-[a-z]+)*$/,
);

/** Checks the work of a stage, as files keep it. */
export const WORK_SCHEMA: z.ZodType<Work> = z.strictObject({
  stage: STAGE_NAME,
  version: z.int(),
  config: z.record(z.string(), z.json()),
  inputs: z.record(z.string(), z.string()),
});

const SCHEMA: z.ZodType<Manifest & { seal?: string | undefined }> = z
  .strictObject({
    format: z.literal(1),
    fingerprint: HEX_DIGEST,
    seal: HEX_DIGEST.optional(),
    work: WORK_SCHEMA,
    files: z.array(z.strictObject({
      path: z.string().refine(isInside, {
        error: "it must be a path below the manifest",
      }),
      sizeBytes: z.int().nonnegative(),
      digest: HEX_DIGEST,
      rows: z.int().nonnegative().optional(),
    })),
    counts: z.record(z.string(), z.number()),
  });

/** Writes a manifest as JSON, a file a line. */
function toText(manifest: Manifest, seal?: string): string {
  const { format, fingerprint, counts, work, files } = manifest;
  const line = (value: unknown) => canonicalJson(value as Json);
  const sealed = seal === undefined ? {} : { seal };
  const fields = Object.entries({
    format,
    fingerprint,
    ...sealed,
    counts,
    work,
  }).map(([key, value]) => `  ${JSON.stringify(key)}: ${line(value)},\n`);
  // JSON has no `undefined`: an absent row count must stay absent.
  const rows = files.map((file) =>
    `    ${line(JSON.parse(JSON.stringify(file)))}`
  );
  const list = rows.length === 0 ? "[]" : `[\n${rows.join(",\n")}\n  ]`;
  return `{\n${fields.join("")}  "files": ${list}\n}\n`;
}

/**
 * Encodes a manifest as JSON, a file a line, with a seal: the SHA-256 of its bytes
 * with zeros in the place of the seal.
 */
export function encodeManifest(manifest: Manifest): Promise<Uint8Array> {
  return encodeSealedText((seal) => toText(manifest, seal));
}

/** Says where two arrays differ first; -1 if they are equal. */
function findDifference(a: Uint8Array, b: Uint8Array): number {
  const at = a.findIndex((byte, i) => byte !== b[i]);
  return at < 0 && a.length < b.length ? a.length : at;
}

/**
 * Decodes a manifest, and checks its seal. One of an earlier version has none; its
 * text must be as it was written.
 *
 * @throws {FormatError} If the bytes are not a manifest of a known format, or have changed.
 */
export async function decodeManifest(
  bytes: Uint8Array,
  path: string,
): Promise<Manifest> {
  await checkSeal(bytes, path);
  try {
    return readText(bytes, path);
  } catch (cause) {
    if (cause instanceof FormatError) throw cause;
    // Such as for a million brackets.
    const { message } = cause as Error;
    throw new FormatError(
      `Cannot read "${path}" as a manifest as it is not valid: ${message}`,
      { path, cause },
    );
  }
}

/** Reads the text of a manifest, which must be as it is written. */
function readText(bytes: Uint8Array, path: string): Manifest {
  const file = { path, what: "a manifest" };
  const { seal, ...manifest } = decodeJson(bytes, SCHEMA, file);
  const written = new TextEncoder().encode(toText(manifest, seal));
  const byteOffset = findDifference(bytes, written);
  if (byteOffset < 0) return manifest;
  throw new FormatError(
    `Cannot use "${path}" as its text must be as it is written: it is not at byte ${byteOffset}`,
    { path, byteOffset },
  );
}

/** Describes a file for the manifest. */
export async function describeFile(
  path: string,
  bytes: Uint8Array,
  rows?: number,
): Promise<ManifestFile> {
  const digest = await sha256(bytes);
  return { path, sizeBytes: bytes.byteLength, digest, rows };
}
