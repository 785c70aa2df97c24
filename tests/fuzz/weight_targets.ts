/**
 * The parsers of weight files, for the fuzzer.
 *
 * @module
 */

import { gzipSync } from "fflate";
import { crc32c, maskCrc32c } from "../../pipeline/artifact/crc32c.ts";
import { decodeSafetensors } from "../../pipeline/artifact/safetensors.ts";
import { decodeShardIndex } from "../../pipeline/weights/formats/sharded_safetensors.ts";
import { decodeTensorBundle } from "../../pipeline/weights/formats/tf_bundle.ts";
import { openWeights } from "../../pipeline/weights/weight_file.ts";
import { readFixture } from "../support/fixtures.ts";
import { MemoryStore } from "../support/memory_store.ts";
import {
  BUNDLE_HEADER,
  bundleEntry,
  encodeBlock,
  encodeTable,
  text,
} from "../weights/formats/sstable_support.ts";
import type { Target } from "./fuzz.ts";

/** Reads fixtures of weights. */
function fixtures(...names: readonly string[]) {
  return () => Promise.all(names.map((name) => readFixture(`weights/${name}`)));
}

/** Reads a file as the tasks do: what it is, its bytes say. */
async function open(bytes: Uint8Array): Promise<void> {
  await openWeights(new MemoryStore({ w: bytes }), "w");
}

/** The data of a checkpoint of TensorFlow V2. */
const SHARD = Uint8Array.from({ length: 32 }, (_, i) => i);

/** The masked checksum of a part of it. */
function crcOf(start: number, end: number): number {
  return maskCrc32c(crc32c(SHARD.subarray(start, end)));
}

/** An archive with a checkpoint of TensorFlow V1. */
async function archive(): Promise<Uint8Array> {
  const checkpoint = await readFixture("weights/tf_v1.ckpt");
  const header = new Uint8Array(512);
  const put = (at: number, field: string) => header.set(text(field), at);
  put(0, "a.ckpt");
  put(124, checkpoint.length.toString(8).padStart(11, "0"));
  put(148, " ".repeat(8));
  put(156, "0");
  const sum = header.reduce((a, b) => a + b, 0);
  put(148, `${sum.toString(8).padStart(6, "0")}\0 `);
  const padded = Math.ceil(checkpoint.length / 512) * 512;
  const tar = new Uint8Array(512 + padded + 1024);
  tar.set(header);
  tar.set(checkpoint, 512);
  return gzipSync(tar);
}

/** The parsers. */
export const WEIGHT_TARGETS: readonly Target[] = [
  {
    name: "safetensors",
    seeds: fixtures("tf_v1_expected.safetensors"),
    parse: (bytes) => decodeSafetensors(bytes, "w"),
    rounds: 1000,
  },
  {
    name: "safetensors-index",
    seeds: () => {
      const index =
        '{"metadata":{"total_size":8},"weight_map":{"a.weight":"model-00001-of-00002.safetensors","b.weight":"model-00002-of-00002.safetensors"}}';
      return Promise.resolve([text(index)]);
    },
    parse: (bytes) => decodeShardIndex(bytes, "w"),
    rounds: 1000,
  },
  {
    name: "pytorch",
    seeds: fixtures(
      "pytorch_zip.pth",
      "pytorch_deflated.pth",
      "pytorch_legacy.pth",
      "pytorch_protocol1.pth",
      "pytorch_protocol4.pth",
      "pytorch_nested.pth",
    ),
    parse: open,
    rounds: 1000,
  },
  {
    name: "tf-v1",
    seeds: fixtures("tf_v1.ckpt", "tf_v1_snappy.ckpt"),
    parse: open,
    rounds: 500,
  },
  {
    // The block of the entries, as checksums refuse any damage to the file.
    name: "tf-bundle",
    seeds: () => {
      const a = bundleEntry({ crc: crcOf(0, 16) });
      const b = bundleEntry({ offset: 16, crc: crcOf(16, 32) });
      const rows = [[text(""), BUNDLE_HEADER], [text("a"), a], [text("b"), b]];
      return Promise.resolve([encodeBlock(rows as [Uint8Array, Uint8Array][])]);
    },
    parse: (bytes) => {
      const changeBlock = (block: Uint8Array, i: number) =>
        i === 0 ? bytes : block;
      const table = encodeTable([[text(""), BUNDLE_HEADER]], { changeBlock });
      return decodeTensorBundle(table, [SHARD], "w");
    },
    rounds: 1000,
  },
  {
    name: "tar-gz",
    seeds: async () => [await archive()],
    parse: open,
    rounds: 200,
  },
  {
    // Each file starts a worker.
    name: "hdf5",
    seeds: fixtures("keras_top.h5", "keras_latest.h5"),
    parse: open,
    rounds: 5,
  },
];
