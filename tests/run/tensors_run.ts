import type { Work } from "../../pipeline/artifact/fingerprint.ts";
import { defaultConfig } from "../../pipeline/config/config.ts";
import type { RunFile } from "../../pipeline/run/run_format.ts";

/** Work of the tensors of a run. */
export const WORK: Work = {
  stage: "tensors",
  version: 1,
  config: { imageSize: 96 },
  inputs: { records: "ab" },
};

/** A run that has made its tensors. */
export function tensorsRun(): RunFile {
  return { name: "a", config: defaultConfig(), works: { tensors: WORK } };
}
