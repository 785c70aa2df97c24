import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { ConfigError } from "../../../mod.ts";
import { defaultConfig } from "../../../pipeline/config/config.ts";
import { readSettings } from "../../../tasks/cli/config_file.ts";
import { UsageError } from "../../../tasks/cli/flags.ts";
import { runTask } from "../../e2e/support.ts";
import { tempDir } from "../../support/temp_dir.ts";

/** Writes a configuration file and reads settings from it. */
async function settingsOf(
  text: string,
  settings: Parameters<typeof readSettings>[0]["settings"] = {},
) {
  await using directory = await tempDir();
  const path = directory.join("a.json");
  await Deno.writeTextFile(path, text);
  const read = await readSettings({ values: { config: path }, settings });
  return { read, directory: directory.path };
}

/** The message with which a configuration file is refused; `PATH` stands for its path. */
async function refusal(text: string): Promise<string> {
  await using directory = await tempDir();
  const path = directory.join("a.json");
  await Deno.writeTextFile(path, text);
  const { message } = await assertRejects(
    () => readSettings({ values: { config: path }, settings: {} }),
    ConfigError,
  );
  return message.replaceAll(path, "PATH");
}

Deno.test("readSettings() returns the flags alone when there is no file", async () => {
  const flags = { values: {}, settings: { epochs: 3 } };
  assertEquals(await readSettings(flags), { epochs: 3 });
  assertEquals(await readSettings({ values: {}, settings: {} }), {});
});

Deno.test("readSettings() lays flags over the file", async () => {
  const text = '{"epochs": 3, "seed": 7, "strict": true}';
  const { read } = await settingsOf(text, { epochs: 5, strict: false });
  assertEquals(read, { epochs: 5, seed: 7, strict: false });
});

Deno.test("readSettings() resolves the paths of a file against its folder", async () => {
  const text = '{"data": "photos", "backbone": "../b.safetensors"}';
  const { read, directory } = await settingsOf(text);
  assertEquals(read, {
    data: `${directory}/photos`,
    backbone: `${directory.replace(/\/[^/]+$/, "")}/b.safetensors`,
  });
});

Deno.test("readSettings() leaves absolute paths, presets and null as they are", async () => {
  const text = '{"data": "/photos", "backbone": "tiny", "imageSize": null}';
  const { read } = await settingsOf(text, { data: "/others" });
  assertEquals(read, { data: "/others", backbone: "tiny", imageSize: null });
  assertEquals((await settingsOf('{"data": null}')).read, { data: null });
});

Deno.test.each<[string, string]>([
  [
    '{"epoch": 3}',
    'Cannot use setting "epoch" of "PATH" as there is none of this name: the nearest is "epochs"',
  ],
  [
    '{"image-size": 64}',
    'Cannot use setting "image-size" of "PATH" as there is none of this name: the nearest is "imageSize"',
  ],
  [
    '{"epochs": "3"}',
    'Cannot use setting "epochs" of "PATH" as it must be a whole number of 1 to 4294967295: current value is "3"',
  ],
  [
    '{"strict": "yes"}',
    'Cannot use setting "strict" of "PATH" as it must be true or false: current value is "yes"',
  ],
  [
    '{"engine": "cuda"}',
    'Cannot use setting "engine" of "PATH" as it must be one of auto, webgpu, cpu, wasm: current value is "cuda"',
  ],
  ["[1]", 'Cannot use "PATH" as settings as it must be a JSON object'],
])(
  "readSettings() refuses %s and names file and key",
  async (text, message) => {
    assertEquals(await refusal(text), message);
  },
);

Deno.test.each(["", "epochs: 3", '{"epochs": 3,}'])(
  "readSettings() refuses a file that is not JSON: %j",
  async (text) => {
    assertStringIncludes(
      await refusal(text),
      'Cannot read "PATH" as a configuration as it is not JSON: ',
    );
  },
);

Deno.test("readSettings() names the file when it cannot be read", async () => {
  await using directory = await tempDir();
  const config = directory.join("none.json");
  const { message } = await assertRejects(
    () => readSettings({ values: { config }, settings: {} }),
    UsageError,
  );
  assertStringIncludes(message, `Cannot use --config "${config}": `);
});

Deno.test("prepare keeps flags over the file over the defaults with the run", async () => {
  await using directory = await tempDir();
  const config = directory.join("a.json");
  const work = directory.join("work");
  const settings = { imageSize: 48, shardSize: 16, epochs: 9 };
  await Deno.writeTextFile(config, JSON.stringify(settings));
  const flags = ["--image-size", "32", "--config", config, "--work", work];
  const { code, stderr } = await runTask("prepare", flags);
  assertEquals(code, 0, stderr);
  const path = `${work}/runs/default/run.json`;
  const run = JSON.parse(await Deno.readTextFile(path));
  const drawn = { splitSeed: 0, imageSize: 32 };
  assertEquals(run.config, { ...defaultConfig(), ...settings, ...drawn });
});

Deno.test("readSettings() opens no pipe and no device", async () => {
  await using directory = await tempDir();
  const path = directory.join("pipe.json");
  const command = new Deno.Command("mkfifo", { args: [path] });
  if (Deno.build.os === "windows" || !(await command.output()).success) return;
  await assertRejects(
    () => readSettings({ values: { config: path }, settings: {} }),
    UsageError,
    `Cannot use --config "${path}": it is not a file`,
  );
});
