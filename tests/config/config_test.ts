import { assertEquals, assertThrows } from "@std/assert";
import {
  checkSettings,
  decodeConfigFile,
  defaultConfig,
  mergeConfig,
} from "../../pipeline/config/config.ts";
import { SETTING_NAMES } from "../../pipeline/config/settings.ts";
import { ConfigError } from "../../pipeline/errors.ts";

Deno.test("defaultConfig() has a value for every setting, and is new each time", () => {
  const config = defaultConfig();
  assertEquals(Object.keys(config), [...SETTING_NAMES]);
  config.epochs = 1;
  assertEquals(defaultConfig().epochs, 100);
});

Deno.test("checkSettings() returns the values when they are allowed", () => {
  const values = { epochs: 3, data: null, strict: true, engine: "wasm" };
  assertEquals(checkSettings(values, "run.json") as unknown, values);
  assertEquals(checkSettings({}, "run.json"), {});
});

Deno.test.each<[unknown, string, string]>([
  [null, "Cannot use run.json as settings as it must be a JSON object", ""],
  [[1], "Cannot use run.json as settings as it must be a JSON object", ""],
  ["epochs", "Cannot use run.json as settings as it must be a JSON object", ""],
  [
    { epoch: 3 },
    'Cannot use setting "epoch" of run.json as there is none of this name: the nearest is "epochs"',
    "epoch",
  ],
  [
    { toString: 3 },
    'Cannot use setting "toString" of run.json as there is none of this name: the nearest is "strict"',
    "toString",
  ],
  [
    { epochs: 0 },
    'Cannot use setting "epochs" of run.json as it must be a whole number of 1 to 4294967295: current value is 0',
    "epochs",
  ],
  [
    { epochs: "3" },
    'Cannot use setting "epochs" of run.json as it must be a whole number of 1 to 4294967295: current value is "3"',
    "epochs",
  ],
  [
    { seed: 0, engine: "cuda" },
    'Cannot use setting "engine" of run.json as it must be one of auto, webgpu, cpu, wasm: current value is "cuda"',
    "engine",
  ],
  [
    { learningRate: null },
    'Cannot use setting "learningRate" of run.json as it must be a number above 0: current value is null',
    "learningRate",
  ],
])("checkSettings() throws when given %j", (values, message, setting) => {
  const error = assertThrows(
    () => checkSettings(values, "run.json"),
    ConfigError,
  );
  assertEquals(error.message, message);
  assertEquals(error.setting, setting);
});

Deno.test("decodeConfigFile() reads settings", () => {
  assertEquals(decodeConfigFile('{"epochs": 3}', "a.json"), { epochs: 3 });
});

Deno.test("decodeConfigFile() throws when the text is not JSON", () => {
  assertThrows(
    () => decodeConfigFile("epochs: 3", "a.json"),
    ConfigError,
    'Cannot read "a.json" as a configuration as it is not JSON: Unexpected token',
  );
});

Deno.test("decodeConfigFile() names the file when a setting is refused", () => {
  assertThrows(
    () => decodeConfigFile('{"dropout": 1}', "a.json"),
    ConfigError,
    'Cannot use setting "dropout" of "a.json" as it must be a number in [0, 1): current value is 1',
  );
});

Deno.test("mergeConfig() lets a later layer win and changes none", () => {
  const base = defaultConfig();
  const merged = mergeConfig(base, { epochs: 3, seed: 1 }, { epochs: 4 });
  assertEquals(merged, { ...defaultConfig(), epochs: 4, seed: 1 });
  assertEquals(base, defaultConfig());
});

Deno.test.each([[0.5, 0.5, "1"], [0.75, 0.5, "1.25"]])(
  "mergeConfig() throws when validation %s and test %s leave nothing to train on",
  (validation, test, sum) => {
    const error = assertThrows(
      () => mergeConfig(defaultConfig(), { validation, test }),
      ConfigError,
      `Cannot use settings "validation" and "test" as together they must leave photos to train on: their sum is ${sum}`,
    );
    assertEquals(error.setting, "validation");
  },
);

Deno.test("mergeConfig() takes shares of which one is not given", () => {
  const { validation, test } = mergeConfig(defaultConfig(), { test: 0.9 });
  assertEquals({ validation, test }, { validation: null, test: 0.9 });
});
