import {
  assertEquals,
  assertNotEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { fingerprint } from "../../pipeline/artifact/fingerprint.ts";
import {
  digestInputs,
  planReport,
  REPORT_FILE,
  writeReport,
} from "../../pipeline/stages/report.ts";
import { testContext } from "../support/stage_context.ts";
import { PLAN, reportInput } from "./report_support.ts";

const WORK = planReport({ evaluation: "00" }, PLAN);

/** Runs the stage in a store of its own, and returns the page. */
async function run(context = testContext()) {
  const load = () => reportInput(context.store);
  const { files, manifest } = await writeReport(WORK, load, context);
  const page = new TextDecoder().decode((await files.read(REPORT_FILE))!);
  return { page, files, manifest, context };
}

Deno.test("writeReport() writes a page with the photos that were evaluated", async () => {
  const { page, manifest } = await run();
  assertEquals(manifest.counts, { photos: 4 });
  const shown = [...page.matchAll(/<image id="t(\d+)"/g)].map(([, id]) => id);
  assertEquals(shown, ["0", "2", "6", "8"]);
  assertStringIncludes(page, "3 of 4 in 2 classes");
  assertStringIncludes(page, "engine of the head");
});

Deno.test("writeReport() writes the manifest last, and the second time nothing", async () => {
  const { context, files } = await run();
  const { writes } = context.store;
  assertEquals(writes.slice(-2), [
    files.path(REPORT_FILE),
    files.path("manifest.json"),
  ]);
  const before = writes.length;
  const load = () => Promise.reject(new Error("it reads nothing"));
  const { skipped } = await writeReport(WORK, load, context);
  assertEquals([skipped, writes.length], [true, before]);
});

Deno.test("writeReport() goes on after a failure", async () => {
  const context = testContext();
  context.store.failOn = REPORT_FILE;
  await assertRejects(() => run(context), Error, "is on fire");
  context.store.failOn = undefined;
  const { page } = await run(context);
  assertEquals(page, (await run()).page);
});

Deno.test("writeReport() makes the same bytes from the same inputs", async () => {
  assertEquals((await run()).manifest, (await run()).manifest);
});

Deno.test("planReport() tells apart what the page shows, facts that are not known too", async () => {
  const times = { head: { seconds: 1, finishedAt: "2026-01-02T03:04:05Z" } };
  const works = [
    WORK,
    planReport({ evaluation: "01" }, PLAN),
    planReport({ evaluation: "00" }, { ...PLAN, run: "other" }),
    planReport({ evaluation: "00" }, { ...PLAN, times }),
  ];
  const digests = await Promise.all(works.map(fingerprint));
  assertEquals(new Set(digests).size, 4);
  assertEquals("times" in WORK.config, false);
});

Deno.test("digestInputs() is of the content, and leaves out what is not there", async () => {
  const { evaluation, tensors } = await reportInput(testContext().store);
  const digests = await digestInputs({
    evaluation,
    tensors,
    findings: undefined,
  });
  assertEquals(Object.keys(digests), ["evaluation", "tensors"]);
  assertNotEquals(digests.evaluation, digests.tensors);
});
