import { assertEquals } from "@std/assert";
import { SETTING_NAMES } from "../../../pipeline/config/settings.ts";
import { settingFlags } from "../../../tasks/cli/flags.ts";

Deno.test("settingFlags() has a flag for every setting, in the order of the table", () => {
  const names = ["prepare", "train"] as const;
  const settings = names.flatMap((task) =>
    settingFlags(task).map(({ setting }) => setting!)
  );
  assertEquals([...new Set(settings)], [...SETTING_NAMES]);
});

Deno.test("settingFlags() names, explains and gives the default of a flag", () => {
  const flags = settingFlags("train");
  assertEquals(flags.find(({ name }) => name === "batch-size"), {
    name: "batch-size",
    placeholder: "N",
    description: "Photos per batch (64)",
    setting: "batchSize",
  });
  assertEquals(
    flags.find(({ name }) => name === "steps-per-epoch")!.description,
    "Batches per epoch; default: every photo once",
  );
});
