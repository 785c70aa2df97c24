/**
 * Checkpoints and heads as files.
 *
 * Everything that decides a prediction travels with the weights: class index,
 * preprocessing, backbone digest, shape.
 *
 * @module
 */

import type { Tensor } from "../artifact/safetensors.ts";
import { decodeSealed, encodeSealed } from "../artifact/shard.ts";
import { toFloat32, toTensor } from "../artifact/tensor.ts";
import { FormatError } from "../errors.ts";
import { type HeadParameters, type HeadShape, headTensors } from "./model.ts";
import type { EpochRecord, TrainingState } from "./trainer.ts";

/** Where training stands, with all that was seen on the way. */
export interface Checkpoint {
  /** Parameters, moments, step. */
  state: TrainingState;
  /** Numbers of every epoch so far. */
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
      if (tensor === undefined || `${tensor.shape}` !== `${shape}`) {
        throw new FormatError(
          `Cannot read "${path}" as a head as tensor "${key}" must be [${shape}]: it is ${
            tensor ? `[${tensor.shape}]` : "missing"
          }`,
          { path },
        );
      }
      return [name, toFloat32(tensor, key)];
    }),
  );
}

/**
 * Encodes a checkpoint.
 *
 * @param shape Shape of the head.
 * @param checkpoint Where training stands.
 * @param metadata Free text by name.
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
  });
}

/**
 * Decodes a checkpoint and checks every byte of its data.
 *
 * @param bytes The bytes of the file.
 * @param options Shape that the head must have, and name of the file, for errors.
 * @returns The checkpoint.
 * @throws {DigestMismatchError} If the data is not what was written.
 * @throws {FormatError} If it is not a checkpoint of this head.
 */
export async function decodeCheckpoint(
  bytes: Uint8Array,
  options: { shape: HeadShape; path: string },
): Promise<Checkpoint> {
  const { shape, path } = options;
  const { tensors, metadata } = await decodeSealed(bytes, path);
  const read = (prefix: string) => unwrap(shape, tensors, { prefix, path });
  return {
    state: {
      epoch: Number(metadata.epoch),
      step: Number(metadata.step),
      parameters: read(PREFIXES.parameters),
      m: read(PREFIXES.m),
      v: read(PREFIXES.v),
    },
    history: JSON.parse(metadata.history!),
  };
}

/**
 * Encodes a head for prediction.
 *
 * @param head Parameters, shape and what travels with them.
 * @returns The bytes of `head.safetensors`.
 */
export function encodeHead(head: SavedHead): Promise<Uint8Array> {
  const { shape, parameters, metadata } = head;
  return encodeSealed(wrap(shape, parameters, ""), {
    ...metadata,
    shape: JSON.stringify(shape),
  });
}

/**
 * Decodes a head and checks every byte of its data.
 *
 * @param bytes The bytes of the file.
 * @param path Name of the file, for errors.
 * @returns The head.
 * @throws {DigestMismatchError} If the data is not what was written.
 * @throws {FormatError} If it is not a head.
 */
export async function decodeHead(
  bytes: Uint8Array,
  path: string,
): Promise<SavedHead> {
  const { tensors, metadata } = await decodeSealed(bytes, path);
  const { shape: text, ...rest } = metadata;
  if (text === undefined) {
    throw new FormatError(
      `Cannot read "${path}" as a head as its header has no entry "shape"`,
      { path },
    );
  }
  const shape: HeadShape = JSON.parse(text);
  const parameters = unwrap(shape, tensors, { prefix: "", path });
  return { shape, parameters, metadata: rest };
}
