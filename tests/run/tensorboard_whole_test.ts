import { assertEquals } from "@std/assert";
import { evaluate, train } from "../../mod.ts";
import { digestTree } from "../e2e/support.ts";
import { type ReadEvent, readEvents } from "../report/event_reader.ts";
import { type TestWorkspace, testWorkspace } from "./support.ts";

/** Reads the events of one of TensorBoard's runs. */
async function eventsOf(
  { store }: TestWorkspace,
  name: string,
): Promise<ReadEvent[]> {
  const path = `runs/default/tensorboard/${name}/events.out.tfevents.0`;
  return readEvents((await store.read(path))!).slice(1);
}

/** Numbers of an event by tag. */
function numbersOf({ summary }: ReadEvent): Record<string, number> {
  return Object.fromEntries(
    summary!.value.flatMap(({ tag, simpleValue }) =>
      simpleValue === undefined ? [] : [[tag, simpleValue]]
    ),
  );
}

Deno.test("train() and evaluate() write event files when they are asked to", async () => {
  await using workspace = await testWorkspace("prepared");
  assertEquals((await train(workspace)).tensorboard, null);
  const plain = { report: false };
  assertEquals((await evaluate(workspace, plain)).tensorboard, null);
  const runs = await workspace.store.list("runs");
  assertEquals(runs.map(({ path }) => path), [
    "runs/default/run.copy.json",
    "runs/default/run.json",
  ]);

  const trained = await train(workspace, { tensorboard: true });
  const told = { ...plain, tensorboard: true };
  const evaluated = await evaluate(workspace, told);
  const directory = "runs/default/tensorboard";
  assertEquals(trained.tensorboard, directory);
  assertEquals(evaluated.tensorboard, directory);

  const epochs = await eventsOf(workspace, "train");
  assertEquals(epochs.map(({ step }) => step), [1, 2]);
  assertEquals(
    numbersOf(epochs[1]!).epoch_accuracy,
    Math.fround(trained.trainAccuracy),
  );
  const validation = await eventsOf(workspace, "validation");
  assertEquals(
    numbersOf(validation[1]!).epoch_accuracy,
    Math.fround(trained.validationAccuracy!),
  );
  const [evaluation] = await eventsOf(workspace, "evaluation-validation");
  const { top1, loss, calibration } = evaluated.metrics;
  const numbers = numbersOf(evaluation!);
  assertEquals(evaluation!.step, 2);
  assertEquals(numbers["evaluation/top1"], Math.fround(top1));
  assertEquals(numbers["evaluation/loss"], Math.fround(loss));
  assertEquals(calibration.after, null);
  assertEquals("evaluation/lossAfter" in numbers, false);
  const { tag, image } = evaluation!.summary!.value.at(-1)!;
  assertEquals([tag, image!.width], ["evaluation/confusion", 5 * 48]);

  const before = await digestTree(workspace.root);
  await train(workspace, { tensorboard: true });
  await evaluate(workspace, told);
  assertEquals(await digestTree(workspace.root), before);
});
