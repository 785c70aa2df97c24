/**
 * Weight files of PyTorch, `.pth`, `.pt` and `.bin`: a state dict in a pickle,
 * with its tensors beside it.
 *
 * A pickle is a program; this one is never run. Names in it are compared with
 * those few that state dicts use, and any other is refused.
 *
 * Source: torch/serialization.py,
 * https://github.com/pytorch/pytorch/blob/main/torch/serialization.py.
 */

import type { Tensor } from "../../artifact/safetensors.ts";
import { pytorchError } from "./format_errors.ts";
import { isPytorchLegacy, openPytorchLegacy } from "./pytorch_legacy.ts";
import { toTensorRef } from "./pytorch_pickle.ts";
import { TensorDecoder, type TensorRef } from "./pytorch_tensor.ts";
import { openPytorchZip } from "./pytorch_zip.ts";

/** Most tensors: a ResNet-152 has 932. */
const MAX_TENSORS = 2 ** 16;

/**
 * Keys of state dicts in checkpoints, the best first. Averaged weights come
 * first, as timm takes them: https://github.com/huggingface/pytorch-image-models/blob/main/timm/models/_helpers.py.
 */
const STATE_DICT_KEYS = ["state_dict_ema", "model_ema", "state_dict", "model"];

/** What the names of the first entry look like in a folder; the folder itself, if another program packed it. */
const FIRST_ENTRY = /^[^/]+\/(data\.pkl|data\/\d+|byteorder|version|\.\w+)?$/;

/** Whether a zip file starts with an entry of PyTorch. */
function isPytorchZip(head: Uint8Array): boolean {
  if (String.fromCharCode(...head.subarray(0, 4)) !== "PK\x03\x04") {
    return false;
  }
  const length = head[26]! | (head[27]! << 8);
  const name = head.subarray(30, 30 + length);
  return FIRST_ENTRY.test(new TextDecoder().decode(name));
}

/**
 * Tells whether a file is one of PyTorch.
 *
 * @param head Its first bytes; 300 are enough for any name.
 */
export function isPytorch(head: Uint8Array): boolean {
  return isPytorchZip(head) || isPytorchLegacy(head);
}

/** Tensors of a mapping by name; other values are left out. */
function tensorsOf(value: unknown): Map<string, TensorRef> {
  const tensors = new Map<string, TensorRef>();
  if (!(value instanceof Map)) return tensors;
  for (const [name, item] of value) {
    const ref = toTensorRef(item);
    if (ref && typeof name === "string") tensors.set(name, ref);
  }
  return tensors;
}

/** Finds the mapping that holds tensors: the value, or one of its values. */
function findStateDict(value: unknown, path: string): Map<string, TensorRef> {
  // A checkpoint may have tensors beside the weights, such as the best accuracy.
  const inner = value instanceof Map ? value : new Map();
  for (const key of STATE_DICT_KEYS) {
    const tensors = tensorsOf(inner.get(key));
    if (tensors.size > 0) return tensors;
  }
  const own = tensorsOf(value);
  if (own.size > 0) return own;
  throw pytorchError(
    path,
    `it must map names to tensors, by itself or under ${
      STATE_DICT_KEYS.map((key) => `"${key}"`).join(", ")
    }: it does not`,
  );
}

/**
 * Decodes a file, of PyTorch since 1.6 or before.
 *
 * Tensors are views of `bytes`, without a copy, but for those that are
 * transposed or compressed.
 *
 * @throws {FormatError} If the file is damaged, would run code, or asks for more than it holds.
 */
export function decodePytorch(
  bytes: Uint8Array,
  path: string,
): Map<string, Tensor> {
  if (!isPytorch(bytes)) {
    throw pytorchError(
      path,
      "it must start as a zip file of PyTorch or with its magic number: it does not",
    );
  }
  const { value, open } = isPytorchLegacy(bytes)
    ? openPytorchLegacy(bytes, path)
    : openPytorchZip(bytes, path);
  const refs = findStateDict(value, path);
  if (refs.size > MAX_TENSORS) {
    throw pytorchError(
      path,
      `it must have at most ${MAX_TENSORS} tensors: it has ${refs.size}`,
    );
  }
  const decoder = new TensorDecoder(open, {
    fileBytes: bytes.byteLength,
    path,
  });
  const tensors = new Map<string, Tensor>();
  for (const [name, ref] of refs) tensors.set(name, decoder.decode(name, ref));
  return tensors;
}
