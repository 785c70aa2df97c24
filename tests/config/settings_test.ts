import { assertEquals, assertMatch } from "@std/assert";
import { SETTING_NAMES, SETTINGS } from "../../pipeline/config/settings.ts";

Deno.test.each([...SETTING_NAMES])(
  "SETTINGS.%s has a default of its kind, a task and a description",
  (name) => {
    const { kind, default: value, tasks, description } = SETTINGS[name];
    assertEquals(kind.allows(value), true);
    assertEquals(tasks.length > 0, true);
    assertMatch(description, /^[A-Z][^\n]*[^.\n]$/);
    assertMatch(name, /^[a-z][A-Za-z]*$/);
  },
);

Deno.test("SETTINGS keep the numbers of the old script", () => {
  // The recipe: Adam 0.001, batches of 64, 100 epochs, dropout 0.5 before each
  // of two dense layers, 1024 units without activation, no schedule.
  const recipe = {
    epochs: 100,
    batchSize: 64,
    learningRate: 0.001,
    hidden: 1024,
    activation: "linear",
    dropout: 0.5,
    schedule: "constant",
    warmupSteps: 0,
    classWeights: "none",
    labelSmoothing: 0,
    weightDecay: 0,
    patience: 0,
  } as const;
  const defaults = Object.keys(recipe).map((name) => [
    name,
    SETTINGS[name as keyof typeof recipe].default,
  ]);
  assertEquals(Object.fromEntries(defaults), recipe);
});

Deno.test("SETTINGS give seed and precision to both tasks and every other setting to one", () => {
  const shared = SETTING_NAMES.filter((n) => SETTINGS[n].tasks.length > 1);
  assertEquals(shared, ["seed", "precision"]);
  for (const name of shared) {
    assertEquals(SETTINGS[name].tasks, ["prepare", "train"]);
  }
});
