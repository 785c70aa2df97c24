import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { ConfigError, FormatError } from "../../pipeline/errors.ts";
import { readRun, runPath, writeRun } from "../../pipeline/run/run_file.ts";
import { MemoryStore } from "../support/memory_store.ts";
import { tensorsRun, WORK } from "./tensors_run.ts";

Deno.test.each(["a", "default", "7.b_c-D", "x".repeat(64)])(
  'runPath() takes the name "%s"',
  (name) => assertEquals(runPath(name), `runs/${name}/run.json`),
);

Deno.test.each([
  "",
  ".",
  "..",
  "../a",
  "a/b",
  "a\\b",
  "-a",
  "é",
  "a b",
  "a\n",
  "x".repeat(65),
])(
  'runPath() throws when the name is "%s"',
  (name) => {
    assertThrows(
      () => runPath(name),
      ConfigError,
      `Cannot use "${name}" as the name of a run as it must be 1 to 64 letters, digits, ".", "_" or "-" and start with a letter or digit`,
    );
  },
);

Deno.test("readRun() returns undefined when there is no such run", async () => {
  assertEquals(await readRun(new MemoryStore(), "a"), undefined);
});

Deno.test("readRun() reads what writeRun() wrote", async () => {
  const store = new MemoryStore();
  await writeRun(store, tensorsRun());
  assertEquals(store.writes, ["runs/a/run.json", "runs/a/run.copy.json"]);
  assertEquals(await readRun(store, "a"), tensorsRun());
});

Deno.test("writeRun() writes JSON that people can read", async () => {
  const store = new MemoryStore();
  await writeRun(store, tensorsRun());
  const text = new TextDecoder().decode(store.files.get("runs/a/run.json"));
  const { config, works } = tensorsRun();
  const { seal } = JSON.parse(text);
  const file = { format: 1, seal, name: "a", config, works };
  assertEquals(text, `${JSON.stringify(file, null, 2)}\n`);
  const copy = store.files.get("runs/a/run.copy.json");
  assertEquals(copy, store.files.get("runs/a/run.json"));
});

Deno.test("writeRun() writes nothing when the file says the same already", async () => {
  const store = new MemoryStore();
  await writeRun(store, tensorsRun());
  await writeRun(store, tensorsRun());
  await writeRun(store, (await readRun(store, "a"))!);
  assertEquals(store.writes.length, 2);
});

Deno.test("writeRun() leaves the file of an earlier version as it is, until the run changes", async () => {
  const file = { format: 1, ...tensorsRun() };
  const text = `${JSON.stringify(file, null, 2)}\n`;
  const store = new MemoryStore({ "runs/a/run.json": text });
  await writeRun(store, tensorsRun());
  assertEquals(store.writes, []);
  await writeRun(store, { ...tensorsRun(), works: {} });
  assertEquals(store.writes, ["runs/a/run.json", "runs/a/run.copy.json"]);
});

Deno.test("readRun() throws when the file is not JSON", async () => {
  const error = await assertRejects(
    () => readRun(new MemoryStore({ "runs/a/run.json": "{" }), "a"),
    FormatError,
    'Cannot read "runs/a/run.json" as a run as it is not JSON; the task prepare writes a new one if it is given the photos',
  );
  assertEquals(error.path, "runs/a/run.json");
});

Deno.test.each<[unknown, string]>([
  [[], "it is not valid: Invalid input: expected object, received array"],
  [
    { format: 2, name: "a", config: {}, works: {} },
    "format is not valid: Invalid input: expected 1",
  ],
  [
    { format: 1, name: "a", config: {}, works: {}, x: 1 },
    'it is not valid: Unrecognized key: "x"',
  ],
  [
    {
      format: 1,
      name: "a",
      config: {},
      works: { tensors: { ...WORK, version: "1" } },
    },
    "works.tensors.version is not valid: Invalid input: expected number, received string",
  ],
])("readRun() throws when the file says %j", async (value, message) => {
  const store = new MemoryStore({ "runs/a/run.json": JSON.stringify(value) });
  await assertRejects(
    () => readRun(store, "a"),
    FormatError,
    `Cannot read "runs/a/run.json" as a run as ${message}`,
  );
});

Deno.test("readRun() throws when a setting is not allowed", async () => {
  const text = JSON.stringify({
    format: 1,
    name: "a",
    config: { epochs: 0 },
    works: {},
  });
  await assertRejects(
    () => readRun(new MemoryStore({ "runs/a/run.json": text }), "a"),
    ConfigError,
    'Cannot use setting "epochs" of "runs/a/run.json" as it must be a whole number of 1 to 4294967295: current value is 0',
  );
});

Deno.test("readRun() throws when a time is none", async () => {
  const times = { tensors: { seconds: 1.25, finishedAt: "yesterday" } };
  const file = { format: 1, name: "a", config: {}, works: {}, times };
  const store = new MemoryStore({ "runs/a/run.json": JSON.stringify(file) });
  await assertRejects(
    () => readRun(store, "a"),
    FormatError,
    'Cannot read "runs/a/run.json" as a run as times.tensors.finishedAt is not valid: Invalid ISO datetime',
  );
});
