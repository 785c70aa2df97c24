/**
 * Safetensors in several files: `model.safetensors.index.json` says which file
 * holds which tensor.
 *
 * Source: https://huggingface.co/docs/safetensors, and `save_pretrained` of
 * https://github.com/huggingface/transformers.
 */

import { z } from "zod";
import { FormatError } from "../../errors.ts";
import { decodeSafetensors, type Tensor } from "../../artifact/safetensors.ts";

/** Most bytes of an index: one of a million tensors has 100 MB, one of a ResNet 50 kB. */
const MAX_INDEX_BYTES = 16 * 2 ** 20;

/** Most shards: models of a trillion parameters have some hundred. */
const MAX_SHARDS = 1000;

/** Names of shards: files beside the index, and never a path. */
const SHARD_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*\.safetensors$/;

const SCHEMA = z.object({ weight_map: z.record(z.string(), z.string()) });

/**
 * Reads which file holds which tensor.
 *
 * @throws {FormatError} If it is no index, or names a file that is not beside it.
 */
export function decodeShardIndex(
  bytes: Uint8Array,
  path: string,
): Map<string, string> {
  const fail = (what: string, cause?: unknown) =>
    new FormatError(
      `Cannot read "${path}" as an index of safetensors files as ${what}`,
      { path, cause },
    );
  if (bytes.byteLength > MAX_INDEX_BYTES) {
    throw fail(
      `it must have at most ${MAX_INDEX_BYTES} bytes: it has ${bytes.byteLength}`,
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw fail("it is not JSON", cause);
  }
  const result = SCHEMA.safeParse(value);
  if (!result.success) throw fail("it has no weight_map");
  const map = new Map(Object.entries(result.data.weight_map));
  const files = new Set(map.values());
  for (const file of files) {
    if (!SHARD_NAME.test(file)) {
      throw fail(
        `it must name .safetensors files beside it: it names ${
          JSON.stringify(file)
        }`,
      );
    }
  }
  if (files.size > MAX_SHARDS) {
    throw fail(
      `it must name at most ${MAX_SHARDS} files: it names ${files.size}`,
    );
  }
  return map;
}

/**
 * Puts the tensors of all files together.
 *
 * @returns Tensors by name, without a copy.
 * @throws {FormatError} If a file is not safetensors, or lacks a tensor.
 */
export function joinShards(
  map: ReadonlyMap<string, string>,
  files: ReadonlyMap<string, Uint8Array>,
  path: string,
): Map<string, Tensor> {
  const decoded = new Map(
    [...files].map(([name, bytes]) => [name, decodeSafetensors(bytes, name)]),
  );
  const tensors = new Map<string, Tensor>();
  for (const [name, file] of map) {
    const tensor = decoded.get(file)?.tensors.get(name);
    if (tensor === undefined) {
      throw new FormatError(
        `Cannot read "${path}" as an index of safetensors files as "${file}" must hold tensor "${name}": it does not`,
        { path },
      );
    }
    tensors.set(name, tensor);
  }
  return tensors;
}
