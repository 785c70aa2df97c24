import { assertEquals } from "@std/assert";
import { listInputs } from "../../pipeline/stages/stage.ts";
import { inStageOrder, STAGES } from "../../pipeline/stages/stages.ts";

Deno.test("STAGES are in the order in which they read each other", () => {
  assertEquals(STAGES.map(({ name }) => name), [
    "dataset-index",
    "tensors",
    "calibration",
    "embeddings",
    "head",
    "evaluation",
    "findings",
    "evidence",
    "report",
  ]);
  for (const [i, stage] of STAGES.entries()) {
    const before = STAGES.slice(0, i);
    for (const { input } of listInputs(stage)) {
      assertEquals(before.includes(input), true, `${stage.name}`);
    }
  }
});

Deno.test("inStageOrder() puts what is no stage last", () => {
  const known = { toy: 1, head: 2, tensors: 3 };
  assertEquals(Object.keys(inStageOrder(known)), ["tensors", "head", "toy"]);
});
