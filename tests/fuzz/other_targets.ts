/**
 * The parsers of artifacts, run files, lists and configuration, for the fuzzer.
 *
 * @module
 */

import { decodeManifest } from "../../pipeline/artifact/manifest.ts";
import { decodeSealed } from "../../pipeline/artifact/shard.ts";
import { decodeConfigFile } from "../../pipeline/config/config.ts";
import { decodeClassIndex } from "../../pipeline/dataset/class_index.ts";
import { planList } from "../../pipeline/dataset/list_file.ts";
import {
  decodeCheckpoint,
  decodeHead,
} from "../../pipeline/head/checkpoint.ts";
import { readRun } from "../../pipeline/run/run_file.ts";
import { readFixture } from "../support/fixtures.ts";
import { MemoryStore } from "../support/memory_store.ts";
import { text } from "../weights/formats/sstable_support.ts";
import type { Target } from "./fuzz.ts";

/** Where artifacts of version 0.1.0 are. */
const WORK = "work_0_1/artifacts/";

/** Reads fixtures. */
function fixtures(...names: readonly string[]) {
  return () => Promise.all(names.map((name) => readFixture(name)));
}

/** Makes whole files of texts. */
function texts(...all: readonly string[]) {
  return () => Promise.resolve(all.map(text));
}

/** Reads a list whose columns have their usual names, or one of its own for the label. */
function list(name: string, label: string | null = null) {
  const columns = { path: null, label, split: null };
  return (bytes: Uint8Array) => planList(bytes, name, columns);
}

/** The parsers of artifacts and run files. */
export const ARTIFACT_TARGETS: readonly Target[] = [
  {
    name: "manifest",
    seeds: fixtures(
      `${WORK}tensors-7086f5bd8c9c113c/manifest.json`,
      `${WORK}head-2e876aa8583cf29b/manifest.json`,
    ),
    parse: (bytes) => decodeManifest(bytes, "m"),
    rounds: 1000,
  },
  {
    name: "shard",
    seeds: fixtures(
      `${WORK}tensors-7086f5bd8c9c113c/test-00000-of-00001.safetensors`,
    ),
    parse: (bytes) => decodeSealed(bytes, "s"),
    rounds: 500,
  },
  {
    name: "checkpoint",
    seeds: fixtures(
      `${WORK}head-2e876aa8583cf29b/checkpoint.safetensors`,
    ),
    parse: async (bytes) => {
      const path = `${WORK}head-2e876aa8583cf29b/head.safetensors`;
      const { shape } = await decodeHead(await readFixture(path), path);
      return await decodeCheckpoint(bytes, { shape, path: "c" });
    },
    rounds: 50,
  },
  {
    name: "head",
    seeds: fixtures(`${WORK}head-2e876aa8583cf29b/head.safetensors`),
    parse: (bytes) => decodeHead(bytes, "h"),
    rounds: 50,
  },
  {
    name: "class-index",
    seeds: texts('{"0":"brick","1":"coin","2":"leaf"}'),
    parse: (bytes) => decodeClassIndex(bytes, "i"),
    rounds: 1000,
  },
  {
    name: "run-file",
    seeds: fixtures("work_0_1/runs/default/run.json"),
    parse: (bytes) =>
      readRun(new MemoryStore({ "runs/a/run.json": bytes }), "a"),
    rounds: 500,
  },
];

/** The parsers of lists and configuration. */
export const TEXT_TARGETS: readonly Target[] = [
  {
    name: "csv",
    seeds: texts(
      'path,label,split\na.jpg,rose,train\n"b ""x"".jpg","daisy, white",val\n',
      "path;label\na.jpg;1\nb.jpg;2\n",
      "path\tlabel\r\na.jpg\trose\r\nb.jpg\tdaisy\r\n",
    ),
    parse: list("l.csv"),
    rounds: 1000,
  },
  {
    name: "jsonl",
    seeds: texts(
      '{"path":"a.jpg","label":"rose","split":"train"}\n{"path":"b.jpg","label":3,"split":"test"}\n',
    ),
    parse: list("l.jsonl"),
    rounds: 1000,
  },
  {
    name: "parquet",
    seeds: fixtures("lists/none.parquet", "lists/snappy.parquet"),
    parse: list("l.parquet", "species"),
    rounds: 1000,
  },
  {
    name: "config",
    seeds: texts(
      '{"epochs":3,"learningRate":0.01,"data":"/a","imageSize":96,"classWeights":"balanced","seed":7,"engine":"cpu"}',
    ),
    parse: (bytes) => decodeConfigFile(new TextDecoder().decode(bytes), "c"),
    rounds: 1000,
  },
];
