/**
 * A run in half precision, on a GPU.
 *
 * @module
 */

import { assertEquals, assertLess, assertRejects } from "@std/assert";
import {
  BackendUnavailableError,
  evaluate,
  exportRun,
  loadClassifier,
  status,
  train,
} from "../../mod.ts";
import { testWorkspace } from "../run/support.ts";
import { tempDir } from "../support/temp_dir.ts";
import { HAS_ADAPTER } from "./support.ts";

/** A photo that comes with the project. */
const PHOTO = new URL(
  "../../fixtures/images/val/coin/coin_21.jpg",
  import.meta.url,
);

Deno.test({
  name: "a run in half precision is evaluated, predicted and exported",
  ignore: !HAS_ADAPTER,
  async fn() {
    await using workspace = await testWorkspace("prepared");
    const { onEvent, events } = workspace;
    const settings = { precision: "float16", engine: "webgpu" } as const;
    await train(workspace, { settings, onEvent });
    const agreement = events.find((event) => event.type === "agreement")!;
    assertEquals(agreement.precision, "float16");
    assertLess(0.9999, agreement.meanCosine);
    const stages = await status(workspace);
    assertEquals(stages[2]!.stage, "calibration");
    assertEquals(stages[2]!.state, "complete");
    assertEquals((await train(workspace)).embedded, 0);
    await evaluate(workspace);
    {
      await using classifier = await loadClassifier(workspace);
      const answer = await classifier.classify(await Deno.readFile(PHOTO));
      assertEquals(answer.top.length, 5);
    }
    await assertRejects(
      () => loadClassifier(workspace, { engine: "cpu" }),
      BackendUnavailableError,
      'Cannot use engine "cpu" as the backbone is computed in half precision, by the engine webgpu alone',
    );
    await using folder = await tempDir();
    const out = `${folder.path}/onnx`;
    const { check } = await exportRun(workspace, { format: "onnx", out });
    assertEquals(check.tolerance, 0.01);
    const facts = JSON.parse(await Deno.readTextFile(`${out}/export.json`));
    assertEquals(facts.precision, "float16");
  },
});
