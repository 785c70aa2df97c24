/**
 * Draws what imports what in `docs/architecture.md`, from the imports of the code.
 *
 * Run it as `deno task docs:graph`.
 *
 * @module
 */

import { join } from "@std/path";
import { readProject, type SourceModule } from "../support/project_graph.ts";
import { readText, ROOT } from "./pages.ts";

/** The page with the picture. */
export const GRAPH_PAGE = "docs/architecture.md";

/** What stands around the picture. */
const [BEGIN, END] = ["<!-- import graph -->\n", "<!-- /import graph -->"];

/** The part of the project that a module is in; `undefined` for files directly in `pipeline/`. */
function partOf(path: string): string | undefined {
  const [top, folder, file] = path.split("/");
  if (top === "mod.ts") return top;
  if (top === "tasks") return "tasks/";
  return file === undefined ? undefined : folder;
}

/** Collects what each part imports. */
function readImports(
  modules: readonly SourceModule[],
): Map<string, Set<string>> {
  const graph = new Map<string, Set<string>>();
  for (const { path, imports } of modules) {
    const from = partOf(path);
    if (from === undefined) continue;
    const found = graph.get(from) ?? new Set();
    for (const { target } of imports) {
      const isOwn = /^(pipeline|tasks)\/|^mod\.ts$/.test(target);
      const to = isOwn ? partOf(target) : undefined;
      if (to !== undefined && to !== from) found.add(to);
    }
    graph.set(from, found);
  }
  return graph;
}

/** Whether one part reaches another in one step or more. */
function reaches(
  graph: ReadonlyMap<string, Set<string>>,
  from: string,
  to: string,
): boolean {
  return [...graph.get(from) ?? []].some((next) =>
    next === to || reaches(graph, next, to)
  );
}

/** Writes a part as a node: an identifier, and a label where that is another. */
function node(part: string): string {
  const id = part.replace(/\W.*/, "");
  return id === part ? id : `${id}["${part}"]`;
}

/**
 * Draws the parts of the project and their imports, without those that follow from
 * others.
 *
 * @param modules The modules of the project, without cycles between parts.
 * @returns A Mermaid diagram in its block of Markdown.
 */
export function drawGraph(modules: readonly SourceModule[]): string {
  const graph = readImports(modules);
  const lines = [...graph].sort().flatMap(([from, targets]) => {
    const drawn = [...targets].filter((to) =>
      ![...targets].some((other) => reaches(graph, other, to))
    ).sort();
    return drawn.map((to) => `  ${node(from)} --> ${node(to)}`);
  });
  return `\`\`\`mermaid\nflowchart TB\n${lines.join("\n")}\n\`\`\`\n`;
}

/**
 * Puts the picture into a page.
 *
 * @param page Text of the page.
 * @param picture The picture.
 * @returns Text of the page with it.
 */
export function placeGraph(page: string, picture: string): string {
  const [before, rest] = page.split(BEGIN) as [string, string];
  return `${before}${BEGIN}\n${picture}\n${END}${rest.split(END)[1]}`;
}

if (import.meta.main) {
  const page = placeGraph(
    await readText(GRAPH_PAGE),
    drawGraph(await readProject()),
  );
  await Deno.writeTextFile(join(ROOT, GRAPH_PAGE), page);
}
