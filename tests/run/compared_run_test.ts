import { assertRejects } from "@std/assert";
import { MissingArtifactError } from "../../mod.ts";
import { compareChanged, flip, remove, twoRuns } from "./compare_support.ts";

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
