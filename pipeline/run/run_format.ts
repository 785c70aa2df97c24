/** The text of a run file: JSON that people can read, with a seal. */

import { z } from "zod";
import { decodeJson } from "../artifact/canonical_json.ts";
import type { StageTimes, Work } from "../artifact/fingerprint.ts";
import { HEX_DIGEST, STAGE_NAME, WORK_SCHEMA } from "../artifact/manifest.ts";
import { checkSeal, encodeSealedText } from "../artifact/seal.ts";
import { type VariantName, VARIANTS } from "../backbone/spec.ts";
import { checkSettings, defaultConfig, mergeConfig } from "../config/config.ts";
import type { Config } from "../config/config_type.ts";
import { FormatError } from "../errors.ts";
import { type ProfileName, PROFILES } from "../image/preprocessing.ts";
import { inStageOrder } from "../stages/stages.ts";

/** What a run file keeps of its backbone, in case the weight file is gone. */
export interface KnownBackbone {
  /** Value of the setting `backbone`. */
  name: string;
  /** SHA-256 of the weight file, in hex. */
  digest: string;
  variant: VariantName;
  /** Preprocessing where none is given. */
  profile: ProfileName;
}

/** A run: its configuration and the last work of its stages. */
export interface RunFile {
  name: string;
  config: Config;
  backbone?: KnownBackbone | undefined;
  /** The work of each stage that has been run. */
  works: Readonly<Record<string, Work>>;
  /** How long those works took; absent for a stage that was found complete. */
  times?: StageTimes | undefined;
  /** What is wrong with the file, if its copy was read instead. Not written. */
  damage?: string | undefined;
}

/** What was done before there was a setting for it, where the default is another. */
const BEFORE: Partial<Config> = { transparency: "drop" };

const SCHEMA = z.strictObject({
  format: z.literal(1),
  seal: HEX_DIGEST.optional(),
  name: z.string(),
  config: z.record(z.string(), z.json()),
  backbone: z.strictObject({
    name: z.string(),
    digest: HEX_DIGEST,
    variant: z.enum(Object.keys(VARIANTS) as [VariantName]),
    profile: z.enum(Object.keys(PROFILES) as [ProfileName]),
  }).optional(),
  works: z.record(STAGE_NAME, WORK_SCHEMA),
  times: z.record(
    STAGE_NAME,
    z.strictObject({
      seconds: z.number().nonnegative(),
      finishedAt: z.iso.datetime(),
    }),
  ).optional(),
});

/**
 * Decodes a run file, and checks its seal. One of an earlier version, or that was
 * edited by hand, has none.
 *
 * @throws {FormatError} If the bytes are not a run file, or have changed.
 * @throws {ConfigError} If a setting is not allowed.
 */
export async function decodeRun(
  bytes: Uint8Array,
  path: string,
): Promise<RunFile> {
  const isSealed = await checkSeal(bytes, path);
  const file = decodeJson(bytes, SCHEMA, { path, what: "a run" });
  if (file.seal !== undefined && !isSealed) {
    throw new FormatError(
      `Cannot use "${path}" as its text must be as it was written: without its seal it may be edited`,
      { path },
    );
  }
  // A setting that did not exist when the file was written takes its default, or
  // what was done before.
  const config = mergeConfig(
    { ...defaultConfig(), ...BEFORE },
    checkSettings(file.config, `"${path}"`),
  );
  const { name, backbone, works, times } = file;
  return {
    name,
    config,
    works,
    ...(backbone && { backbone }),
    ...(times && { times }),
  };
}

/** Writes a run as text, with its stages always in the same order. */
function toText(run: RunFile, seal?: string): string {
  const { name, config, backbone } = run;
  const works = inStageOrder(run.works);
  const known = inStageOrder(run.times ?? {});
  const times = Object.keys(known).length > 0 ? known : undefined;
  const file = { format: 1, seal, name, config, backbone, works, times };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/** Encodes a run with its seal. */
export function encodeRun(run: RunFile): Promise<Uint8Array> {
  return encodeSealedText((seal) => toText(run, seal));
}

/** Whether bytes are a run as earlier versions wrote it, without a seal. */
export function isUnsealed(
  bytes: Uint8Array | undefined,
  run: RunFile,
): boolean {
  return new TextDecoder().decode(bytes) === toText(run);
}
