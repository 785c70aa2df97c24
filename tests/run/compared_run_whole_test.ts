import { assert, assertEquals, assertRejects } from "@std/assert";
import { MissingArtifactError } from "../../mod.ts";
import {
  type ChangeFile,
  compareChanged,
  flip,
  remove,
  twoRuns,
} from "./compare_support.ts";

Deno.test("readEvaluated() says how to mend what is gone or damaged", async () => {
  await using workspace = await twoRuns();
  const cases = [["/predictions.jsonl", flip], [
    "/metrics.json",
    remove,
  ]] as const;
  for (const [part, change] of cases) {
    await assertRejects(
      () => compareChanged(workspace, part, change),
      MissingArtifactError,
      'Cannot compare run "one" as a file of its evaluation is gone or damaged: run the task eval on split "validation" with --verify first',
    );
  }
});

/** What is changed, how, and what the warning says of it. */
const CASES: [part: string, change: ChangeFile, reason: string][] = [
  ["/tensors-", remove, 'Cannot read stage "tensors" as it is not complete'],
  [
    "/validation-00000-of-00002",
    remove,
    "the file is missing: the manifest lists it; run the task prepare",
  ],
  ["/validation-00000-of-00002", flip, "its bytes have changed since"],
  ["/dataset-index-", remove, 'Cannot read stage "dataset-index" as it is not'],
];

Deno.test("comparedThumbnails() makes none where tensors or index are gone or damaged, and says so", async () => {
  await using workspace = await twoRuns();
  for (const [part, change, reason] of CASES) {
    const { html, events } = await compareChanged(workspace, part, change);
    assert(html.includes('class="thumb" aria-hidden'));
    assert(!html.includes("<image"));
    const [message, ...others] = events.map((event) =>
      event.type === "warning" ? event.message : event.type
    );
    assertEquals(others, []);
    assert(message!.startsWith("the page has no pictures: Cannot "), message);
    assert(message!.includes(reason), message);
    assert(message!.endsWith('for run "one" with --verify to make them again'));
  }
  const { html, events } = await compareChanged(workspace, "nothing", remove);
  assert(html.includes("<image"));
  assert(!html.includes('class="thumb" aria-hidden'));
  assertEquals(events, []);
});
