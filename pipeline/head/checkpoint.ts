/**
 * Checkpoints and heads as files.
 *
 * A file holds everything that decides a prediction: weights, shape, class index,
 * preprocessing, backbone digest.
 */

import type { Tensor } from "../artifact/safetensors.ts";
import { decodeSealed, encodeSealed } from "../artifact/shard.ts";
import { toFloat32, toTensor } from "../artifact/tensor.ts";
import { FormatError } from "../errors.ts";
import { type HeadParameters, type HeadShape, headTensors } from "./model.ts";
import type { EpochRecord, TrainingState } from "./trainer.ts";

/** Names of the files of a training. */
export const HEAD_FILES = {
  best: "best.safetensors",
  checkpoint: "checkpoint.safetensors",
  head: "head.safetensors",
  history: "history.jsonl",
  table: "history.csv",
} as const;

/** A training that can be resumed. */
export interface Checkpoint {
  state: TrainingState;
  history: EpochRecord[];
}

/** A head that predicts. */
export interface SavedHead {
  /** Parameters. */
  parameters: HeadParameters;
  /** Shape. */
  shape: HeadShape;
  /** Free text by name: class index, preprocessing, backbone digest. */
  metadata: Record<string, string>;
}

/** Names the parts of a checkpoint's tensors. */
const PREFIXES = { parameters: "", m: "adam.m/", v: "adam.v/" } as const;

/** Wraps parameters as tensors. */
function wrap(
  shape: HeadShape,
  values: HeadParameters,
  prefix: string,
): Record<string, Tensor> {
  return Object.fromEntries(
    headTensors(shape).map(({ name, shape }) => [
      `${prefix}${name}`,
      toTensor(values[name]!, shape),
    ]),
  );
}

/** Reads parameters, which must have the shapes of the head. */
function unwrap(
  shape: HeadShape,
  tensors: ReadonlyMap<string, Tensor>,
  options: { prefix: string; path: string },
): HeadParameters {
  const { prefix, path } = options;
  return Object.fromEntries(
    headTensors(shape).map(({ name, shape }) => {
      const key = `${prefix}${name}`;
      const tensor = tensors.get(key);
      const wanted = `F32 [${shape}]`;
      const found = tensor ? `${tensor.dtype} [${tensor.shape}]` : "missing";
      if (tensor === undefined || found !== wanted) {
        throw new FormatError(
          `Cannot read "${path}" as a head as tensor "${key}" must be ${wanted}: it is ${found}`,
          { path },
        );
      }
      return [name, toFloat32(tensor, key)];
    }),
  );
}

/** Parses a JSON entry of the header; throws if it is missing or no JSON. */
function parseEntry(
  metadata: Record<string, string>,
  name: string,
  path: string,
): unknown {
  const text = metadata[name];
  if (text === undefined) {
    throw new FormatError(
      `Cannot read "${path}" as a head as its header has no entry "${name}"`,
      { path },
    );
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new FormatError(
      `Cannot read "${path}" as a head as entry "${name}" of its header must be JSON: it is ${
        JSON.stringify(text)
      }`,
      { path, cause },
    );
  }
}

/** Reads epoch, step and history. A file with the right digest may still be no checkpoint, so they must agree. */
function readProgress(
  metadata: Record<string, string>,
  path: string,
): Pick<TrainingState, "epoch" | "step"> & Pick<Checkpoint, "history"> {
  const epoch = parseEntry(metadata, "epoch", path) as number;
  const step = parseEntry(metadata, "step", path) as number;
  const history = parseEntry(metadata, "history", path) as EpochRecord[];
  const last = history.at(-1);
  if (last?.epoch !== epoch || last.step !== step || history.length !== epoch) {
    throw new FormatError(
      `Cannot read "${path}" as a checkpoint as its history must end with epoch ${epoch} at step ${step}: it ends with epoch ${last?.epoch} at step ${last?.step}`,
      { path },
    );
  }
  return { epoch, step, history };
}

/**
 * Encodes a checkpoint.
 *
 * @returns The bytes of `checkpoint.safetensors`.
 */
export function encodeCheckpoint(
  shape: HeadShape,
  checkpoint: Checkpoint,
  metadata: Record<string, string>,
): Promise<Uint8Array> {
  const { state, history } = checkpoint;
  const tensors = {
    ...wrap(shape, state.parameters, PREFIXES.parameters),
    ...wrap(shape, state.m, PREFIXES.m),
    ...wrap(shape, state.v, PREFIXES.v),
  };
  return encodeSealed(tensors, {
    ...metadata,
    shape: JSON.stringify(shape),
    epoch: String(state.epoch),
    step: String(state.step),
    history: JSON.stringify(history),
  }, { aside: true });
}

/**
 * Decodes a checkpoint and checks every byte of its data.
 *
 * @param options Shape that the head must have, and name of the file, for errors.
 * @throws {DigestMismatchError} If the data is not what was written.
 * @throws {FormatError} If it is not a checkpoint of this head.
 */
export async function decodeCheckpoint(
  bytes: Uint8Array,
  options: { shape: HeadShape; path: string },
): Promise<Checkpoint & { metadata: Record<string, string> }> {
  const { shape, path } = options;
  const { tensors, metadata } = await decodeSealed(bytes, path);
  const read = (prefix: string) => unwrap(shape, tensors, { prefix, path });
  const { epoch, step, history } = readProgress(metadata, path);
  return {
    state: {
      epoch,
      step,
      parameters: read(PREFIXES.parameters),
      m: read(PREFIXES.m),
      v: read(PREFIXES.v),
    },
    history,
    metadata,
  };
}

/**
 * Encodes a head for prediction.
 *
 * @returns The bytes of `head.safetensors`.
 */
export function encodeHead(head: SavedHead): Promise<Uint8Array> {
  const { shape, parameters, metadata } = head;
  return encodeSealed(wrap(shape, parameters, ""), {
    ...metadata,
    shape: JSON.stringify(shape),
  }, { aside: true });
}

/**
 * Decodes a head and checks every byte of its data.
 *
 * @throws {DigestMismatchError} If the data is not what was written.
 * @throws {FormatError} If it is not a head.
 */
export async function decodeHead(
  bytes: Uint8Array,
  path: string,
): Promise<SavedHead> {
  const { tensors, metadata } = await decodeSealed(bytes, path);
  const { shape: _, ...rest } = metadata;
  const shape = parseEntry(metadata, "shape", path) as HeadShape;
  const parameters = unwrap(shape, tensors, { prefix: "", path });
  return { shape, parameters, metadata: rest };
}
