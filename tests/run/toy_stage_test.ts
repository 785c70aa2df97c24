import { assert, assertEquals, assertRejects } from "@std/assert";
import { DATASET_INDEX, openRun, STAGES } from "../../mod.ts";
import { inspectStages } from "../../pipeline/run/status.ts";
import { defineStage } from "../../pipeline/stages/stage.ts";
import { QUICK, type TestWorkspace, testWorkspace } from "./support.ts";

/** A stage that writes a greeting for each class; all that a new stage takes. */
const GREETINGS = defineStage({
  name: "greetings",
  version: 1,
  task: "greet",
  inputs: { index: DATASET_INDEX },
  config: ({ run }) => ({ loud: run.config.seed > 0 }),
  async make({ files, config, inputs: { index }, signal, emit }) {
    const written = [];
    for (const [done, name] of index.classNames.entries()) {
      signal.throwIfAborted();
      const file = `${name}.txt`;
      const text = `Hello ${name}${config.loud ? "!" : "."}`;
      const bytes = await files.read(file) ?? new TextEncoder().encode(text);
      written.push(await files.write(file, bytes));
      const total = index.classNames.length;
      emit({ type: "progress", stage: "greetings", done: done + 1, total });
    }
    return { files: written, counts: { greetings: written.length } };
  },
  open: (artifact) => ({
    async greet(name: string) {
      return new TextDecoder().decode(await artifact.read(`${name}.txt`));
    },
  }),
  countWanted: async ({ find }) =>
    (await find(DATASET_INDEX))?.classNames.length ?? 0,
});

/** State, counts and reasons of the toy stage. */
async function stateOf(workspace: TestWorkspace, settings = {}) {
  const run = await openRun(workspace, { settings });
  const statuses = await inspectStages(run, [...STAGES, GREETINGS]);
  const { state, done, total, reasons } = statuses.at(-1)!;
  return [state, `${done}/${total}`, ...reasons];
}

Deno.test("a new stage resumes, has a status, is stale with a reason, and heals", async (t) => {
  await using workspace = await testWorkspace();
  const { store, events, onEvent } = workspace;
  const controller = new AbortController();
  const paths = async () =>
    (await store.list("artifacts")).map(({ path }) => path)
      .filter((path) => path.includes("greetings-"));

  await t.step("what was written before it was stopped is kept", async () => {
    const run = await openRun(workspace, {
      settings: QUICK,
      signal: controller.signal,
      onEvent: (event) =>
        event.type === "progress" && event.stage === "greetings" &&
        event.done === 2 && controller.abort(new Error("enough")),
    });
    await assertRejects(() => run.complete(GREETINGS), Error, "enough");
    assertEquals((await paths()).map((path) => path.split("/").at(-1)), [
      "brick.txt",
      "coin.txt",
    ]);
    assertEquals(await stateOf(workspace), ["partial", "2/5"]);
  });

  await t.step("it goes on, and is complete", async () => {
    const run = await openRun(workspace, { onEvent });
    const { greet, skipped } = await run.complete(GREETINGS);
    assertEquals([await greet("leaf"), skipped], ["Hello leaf.", false]);
    assertEquals((await run.complete(GREETINGS)).skipped, true);
    assertEquals(await stateOf(workspace), ["complete", "5/5"]);
  });

  await t.step("a damaged file is named and made again", async () => {
    const [path] = await paths();
    await workspace.damage(path!);
    events.length = 0;
    const run = await openRun(workspace, { onEvent, verify: true });
    const { greet } = await run.complete(GREETINGS);
    assertEquals(await greet("brick"), "Hello brick.");
    assert(events.some((e) => e.type === "damaged" && e.path === path));
  });

  await t.step(
    "it is stale when a setting that it depends on changes",
    async () => {
      assertEquals(await stateOf(workspace, { seed: 1 }), [
        "stale",
        "5/5",
        "loud was false, is true",
      ]);
      const run = await openRun(workspace, { settings: { seed: 1 } });
      const { greet } = await run.complete(GREETINGS);
      assertEquals(await greet("leaf"), "Hello leaf!");
      const { times } = run.parts.file;
      assertEquals(Object.keys(times!), ["dataset-index", "greetings"]);
    },
  );
});
