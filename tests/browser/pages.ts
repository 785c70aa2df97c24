/**
 * Pages to look at: of a real run, and of made-up ones.
 *
 * @module
 */

import { fromFileUrl, join } from "@std/path";
import { compare, evaluate, openWorkspace, prepare, train } from "../../mod.ts";
import { renderReport } from "../../pipeline/report/page/report.ts";
import {
  HOSTILE_NAMES,
  type SampleOptions,
  sampleReport,
} from "../report/page/sample.ts";
import { SHARED } from "../support/fixtures.ts";

/** Photos of flowers, where they are; else those that come with the program are used. */
async function findPhotos(): Promise<{ data: string } | Record<never, never>> {
  const data = fromFileUrl(new URL("data/flowers", SHARED));
  const info = await Deno.stat(data).catch(() => undefined);
  return info?.isDirectory ? { data } : {};
}

/**
 * Runs the three tasks.
 *
 * @param directory An empty folder.
 * @returns Absolute path of the page.
 */
export async function makeRealPage(directory: string): Promise<string> {
  using workspace = await openWorkspace(join(directory, "work"));
  await prepare(workspace, { settings: await findPhotos() });
  await train(workspace, { settings: { epochs: 12, engine: "cpu" } });
  const { page } = await evaluate(workspace);
  return join(workspace.root, page!);
}

/**
 * Runs the three tasks twice, and compares.
 *
 * @param directory An empty folder.
 * @returns Absolute path of the page.
 */
export async function makeComparisonPage(directory: string): Promise<string> {
  using workspace = await openWorkspace(join(directory, "compared"));
  const photos = await findPhotos();
  const runs = [["wide", 64], ["none", 0]] as const;
  for (const [run, hidden] of runs) {
    await prepare(workspace, { run, settings: photos });
    const settings = { hidden, epochs: 6, engine: "cpu" } as const;
    await train(workspace, { run, settings });
    await evaluate(workspace, { run, report: false });
  }
  const { page } = await compare(workspace, { runs: ["wide", "none"] });
  return join(workspace.root, page);
}

/** Made-up pages by name. */
const SAMPLES = {
  two: { classNames: ["cat", "dog"], photos: 60 },
  many: {
    classNames: Array.from({ length: 1000 }, (_, i) => `class number ${i}`),
    photos: 3000,
  },
  hostile: {
    classNames: HOSTILE_NAMES,
    photos: 200,
    path: (number: number, name: string) => `val/${name}/${number}.jpg`,
  },
  bare: {
    classNames: ["cat", "dog"],
    photos: 20,
    signal: 20,
    hasEvidence: false,
    hasFindings: false,
  },
} satisfies Record<string, SampleOptions>;

/** Name of a made-up page. */
export type SampleName = keyof typeof SAMPLES;

/** Names of the made-up pages. */
export const SAMPLE_NAMES = Object.keys(SAMPLES) as SampleName[];

/**
 * Writes a made-up page.
 *
 * @param directory A folder.
 * @param name Which.
 * @returns Absolute path of the page.
 */
export async function makeSamplePage(
  directory: string,
  name: SampleName,
): Promise<string> {
  const path = join(directory, `${name}.html`);
  const page = await renderReport(await sampleReport(SAMPLES[name]));
  await Deno.writeTextFile(path, page);
  return path;
}
