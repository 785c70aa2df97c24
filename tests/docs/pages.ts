/**
 * The pages that people read: every Markdown file of the project but those of
 * packages that are not its own.
 *
 * @module
 */

import { fromFileUrl, join } from "@std/path";
import { walkFiles } from "../support/walk_files.ts";

/** Absolute path of the project. */
export const ROOT: string = fromFileUrl(new URL("../../", import.meta.url));

/** Folders whose Markdown is read. */
const FOLDERS = [".github", "docs", "fixtures", "pipeline"];

/** A page. */
export interface Page {
  /** Path from the root of the project. */
  path: string;
  /** Its text. */
  text: string;
}

/** Lists the Markdown files of the project, by path. */
async function listPages(): Promise<string[]> {
  const paths: string[] = [];
  for await (const { name, isFile } of Deno.readDir(ROOT)) {
    if (isFile) paths.push(name);
  }
  for (const folder of FOLDERS) {
    for await (const path of walkFiles(join(ROOT, folder))) {
      paths.push(`${folder}/${path}`);
    }
  }
  return paths.filter((path) => path.endsWith(".md")).sort();
}

/**
 * Reads a file of the project.
 *
 * @param path Path from the root of the project.
 * @returns Its text.
 */
export async function readText(path: string): Promise<string> {
  return await Deno.readTextFile(join(ROOT, path));
}

/** Reads the pages, by path. */
export async function readPages(): Promise<Page[]> {
  const paths = await listPages();
  return await Promise.all(
    paths.map(async (path) => ({ path, text: await readText(path) })),
  );
}

/**
 * Takes fenced code and comments out of a page.
 *
 * @param text The page.
 * @returns What is left, in which spans of code stand as they are.
 */
export function withoutBlocks(text: string): string {
  return text.replace(/^```[^]*?^```$|<!--[^]*?-->/gm, "");
}

/**
 * Returns the text below a heading, up to the next one of the same level or above.
 *
 * @param text The page.
 * @param heading The heading with its signs, such as `## Quick start`.
 * @returns The text.
 * @throws {Error} If there is no such heading.
 */
export function section(text: string, heading: string): string {
  const [, rest] = text.split(`${heading}\n`);
  if (rest === undefined) throw new Error(`Cannot find heading "${heading}"`);
  const level = heading.indexOf(" ");
  return rest.split(new RegExp(`^#{1,${level}} `, "m"))[0]!;
}

/** Returns the cells of the rows whose first cell begins with code. */
export function codeRows(text: string): string[][] {
  return text.split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()));
}
