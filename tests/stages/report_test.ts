import {
  assertEquals,
  assertNotEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { REPORT } from "../../pipeline/stages/report.ts";
import { definitionOf } from "../../pipeline/stages/stage.ts";
import type { RunFacts } from "../../pipeline/stages/outside.ts";
import { completeStage } from "../support/complete_stage.ts";
import { testContext } from "../support/stage_context.ts";
import { reportInputs } from "./report_support.ts";

/** Runs the stage in a store of its own, and returns the page. */
async function run(
  context = testContext(),
  facts: Partial<RunFacts> = {},
  change: Partial<Awaited<ReturnType<typeof reportInputs>>> = {},
) {
  const inputs = { ...await reportInputs(context.store), ...change };
  const report = await completeStage(REPORT, { inputs, run: facts }, context);
  const { files, manifest, skipped } = report;
  const page = new TextDecoder().decode(await report.read("report.html"));
  return { page, files, manifest, skipped, context };
}

Deno.test("REPORT writes a page with the photos that were evaluated", async () => {
  const { page, manifest } = await run();
  assertEquals(manifest.counts, { photos: 4 });
  const shown = [...page.matchAll(/<image id="t(\d+)"/g)].map(([, id]) => id);
  assertEquals(shown, ["0", "2", "6", "8"]);
  assertStringIncludes(page, "3 of 4 in 2 classes");
  assertStringIncludes(page, "engine of the head");
});

Deno.test("REPORT writes the manifest last, and the second time nothing", async () => {
  const { context, files } = await run();
  const { writes } = context.store;
  const own = () => writes.filter((path) => path.startsWith(files.directory));
  assertEquals(own(), [
    files.path("report.html"),
    files.path("manifest.json"),
  ]);
  const { skipped } = await run(context);
  assertEquals([skipped, own().length], [true, 2]);
});

Deno.test("REPORT continues after a failure", async () => {
  const context = testContext();
  context.store.failOn = "report.html";
  await assertRejects(() => run(context), Error, "is on fire");
  context.store.failOn = undefined;
  const { page } = await run(context);
  assertEquals(page, (await run()).page);
});

Deno.test("REPORT makes the same bytes from the same inputs", async () => {
  assertEquals((await run()).manifest, (await run()).manifest);
});

Deno.test("the work of REPORT tells apart what the page shows, facts that are not known too", async () => {
  const times = { head: { seconds: 1, finishedAt: "2026-01-02T03:04:05Z" } };
  const plain = await run();
  const evaluation = (await reportInputs(testContext().store)).evaluation;
  evaluation.manifest.files.push({ path: "a", sizeBytes: 1, digest: "01" });
  const works = [
    plain,
    await run(testContext(), {}, { evaluation }),
    await run(testContext(), { name: "other" }),
    await run(testContext(), { times }),
  ];
  const digests = works.map(({ files }) => files.fingerprint);
  assertEquals(new Set(digests).size, 4);
  assertEquals("times" in plain.files.work.config, false);
});

Deno.test("the work of REPORT has digests of contents, and leaves out what is not there", async () => {
  const { files: { work: { inputs } } } = await run();
  assertEquals(Object.keys(inputs), [
    "dataset-index",
    "tensors",
    "embeddings",
    "head",
    "evaluation",
    "findings",
  ]);
  assertNotEquals(inputs.tensors, inputs.evaluation);
});

Deno.test("REPORT is stale when what it shows is, whatever the time and version", () => {
  const work = { stage: "report", version: 2 } as const;
  const before = {
    ...work,
    config: { versions: { deno: "1" } },
    inputs: { tensors: "a", evidence: "b" },
  };
  const now = (inputs: Record<string, string>) => ({
    ...work,
    config: { versions: { deno: "2" } },
    inputs,
  });
  const explain = definitionOf(REPORT).explain!;
  assertEquals(explain(before, now({ tensors: "a" })), []);
  assertEquals(explain(before, now({ tensors: "a", findings: "c" })), []);
  assertEquals(explain(before, now({ tensors: "c" })), ["tensors changed"]);
});
