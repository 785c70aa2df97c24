/**
 * Verifying the files of a stage: every byte, against the manifest and the headers.
 */

import { DigestMismatchError, FormatError } from "../errors.ts";
import { checkRows } from "./damage.ts";
import type { Work } from "./fingerprint.ts";
import { MANIFEST, type Manifest, type ManifestFile } from "./manifest.ts";
import { readHeader } from "./shard.ts";
import { StageFiles } from "./stage_files.ts";
import type { Store } from "./store.ts";
import { streamVerified } from "./verified_stream.ts";

/** A file of a run that is not what its manifest says. */
export interface FileFault {
  /** Stage that writes the file; `run` for the files of the run itself. */
  stage: string;
  /** Path, relative to the work directory. */
  path: string;
  /** `unknown`: it is beside the artifacts, and the manifest does not list it. */
  kind: "damaged" | "missing" | "unknown";
  /** What was found, as a sentence without a period. */
  reason: string;
  /** Bytes `[start, end)` that hold the damage, as closely as is known; `null` where there are none. */
  range: readonly [start: number, end: number] | null;
}

type Fault = Omit<FileFault, "stage" | "path">;

/** Reads a file to its end. */
async function checkBytes(
  store: Store,
  path: string,
  options: { file: ManifestFile; stage: string },
): Promise<Fault | undefined> {
  const { file, stage } = options;
  const entry = await store.stat(path);
  if (entry === undefined) {
    return { kind: "missing", reason: "no such file", range: null };
  }
  const [found, written] = [entry.sizeBytes, file.sizeBytes];
  if (found !== written) {
    const reason = `it has ${found} bytes, ${written} were written`;
    const range = [Math.min(found, written), Math.max(found, written)] as const;
    return { kind: "damaged", reason, range };
  }
  try {
    for await (const _ of streamVerified(store, { path, file, stage }));
    return undefined;
  } catch (error) {
    if (!(error instanceof DigestMismatchError)) throw error;
  }
  const reason = "its bytes have changed since they were written";
  return { kind: "damaged", reason, range: [0, found] };
}

/** Narrows the damage of a safetensors file: is its header one? */
async function narrow(
  store: Store,
  path: string,
  fault: Fault,
): Promise<Fault> {
  if (fault.range?.[0] !== 0 || !path.endsWith(".safetensors")) return fault;
  try {
    await readHeader(store, path);
    return fault;
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    const range = [error.byteOffset ?? 0, fault.range[1]] as const;
    return { ...fault, reason: error.message, range };
  }
}

/** What {@linkcode verifyStage} found in the directory of a stage. */
interface StageReport {
  /** Whether there is a manifest. */
  isSealed: boolean;
  /** Files that are whole. */
  files: number;
  /** Their bytes. */
  bytes: number;
  /** Files that are not, and unknown ones. */
  faults: FileFault[];
}

/**
 * Reads every file of a stage, and compares it with the manifest and its header.
 *
 * @param work The work of the stage, as the run recorded it.
 */
export async function verifyStage(
  store: Store,
  work: Work,
  signal: AbortSignal,
): Promise<StageReport> {
  const files = await StageFiles.open(store, work);
  const { stage } = work;
  const report: StageReport = {
    isSealed: true,
    files: 0,
    bytes: 0,
    faults: [],
  };
  const add = (name: string, fault: Fault) =>
    report.faults.push({ stage, path: files.path(name), ...fault });
  const bytes = await files.read(MANIFEST);
  if (bytes === undefined) return { ...report, isSealed: false };
  let manifest: Manifest;
  try {
    manifest = (await files.manifest())!;
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    const { byteOffset: start } = error;
    const range = [start, Math.max(start + 1, bytes.length)] as const;
    add(MANIFEST, { kind: "damaged", reason: error.message, range });
    return report;
  }
  const listed = new Set([MANIFEST, ...manifest.files.map(({ path }) => path)]);
  for (const file of manifest.files) {
    signal.throwIfAborted();
    const path = files.path(file.path);
    const broken = await checkBytes(store, path, { file, stage });
    if (broken) {
      add(file.path, await narrow(store, path, broken));
      continue;
    }
    report.files++;
    report.bytes += file.sizeBytes;
    if (!path.endsWith(".safetensors")) continue;
    const reason = checkRows(file, await readHeader(store, path));
    if (reason) add(MANIFEST, { kind: "damaged", reason, range: null });
  }
  for (const { path } of await store.list(files.directory)) {
    const name = path.slice(files.directory.length + 1);
    if (listed.has(name)) continue;
    const reason = "its manifest does not list it";
    add(name, { kind: "unknown", reason, range: null });
  }
  return report;
}
