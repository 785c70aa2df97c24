import { assertEquals } from "@std/assert";
import { readProject, type SourceModule } from "../support/project_graph.ts";
import { drawGraph, GRAPH_PAGE, placeGraph } from "./import_graph.ts";
import { codeRows, readText, section } from "./pages.ts";

/** A module with its imports. */
function module(path: string, ...targets: string[]): SourceModule {
  const imports = targets.map((target) => ({
    specifier: target,
    target,
    loads: "first" as const,
  }));
  return { path, source: "", imports };
}

Deno.test("drawGraph() leaves out imports that follow from others", () => {
  const picture = drawGraph([
    module("mod.ts", "pipeline/run/run.ts", "pipeline/image/decode.ts"),
    module("pipeline/run/run.ts", "pipeline/image/decode.ts", "npm:zod"),
    module("pipeline/run/plan.ts", "pipeline/run/run.ts", "pipeline/errors.ts"),
    module("pipeline/image/decode.ts"),
  ]);
  assertEquals(
    picture,
    `\`\`\`mermaid
flowchart TB
  mod["mod.ts"] --> run
  run --> image
\`\`\`
`,
  );
});

Deno.test("the graph of imports is that of the code: deno task docs:graph", async () => {
  const page = await readText(GRAPH_PAGE);
  assertEquals(page, placeGraph(page, drawGraph(await readProject())));
});

Deno.test("the page of the parts names every folder", async () => {
  const text = section(await readText(GRAPH_PAGE), "## The parts");
  const rows = codeRows(text).map(([cell]) => cell!.replaceAll("`", ""));
  const folders = [];
  for await (const { name, isDirectory } of Deno.readDir("pipeline")) {
    if (isDirectory) folders.push(name);
  }
  assertEquals(rows.toSorted(), ["mod.ts", "tasks/", ...folders].toSorted());
});
