import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { defaultConfig } from "../../pipeline/config/config.ts";
import { ConfigError, FormatError } from "../../pipeline/errors.ts";
import {
  findRunDamage,
  readRun,
  writeRun,
} from "../../pipeline/run/run_file.ts";
import { MemoryStore } from "../support/memory_store.ts";
import { tensorsRun } from "./tensors_run.ts";

Deno.test("readRun() reads the copy when a byte of the file has changed, and the next write mends it", async () => {
  const store = new MemoryStore();
  await writeRun(store, tensorsRun());
  const whole = store.files.get("runs/a/run.json")!.slice();
  for (let at = 0; at < whole.length; at++) {
    store.flipBit("runs/a/run.json", at);
    const { damage, ...run } = (await readRun(store, "a"))!;
    assertEquals([run, damage !== undefined], [tensorsRun(), true], `${at}`);
    assertEquals((await findRunDamage(store, "a")).length, 1);
    store.files.set("runs/a/run.json", whole.slice());
  }
  store.flipBit("runs/a/run.json", 100);
  await writeRun(store, (await readRun(store, "a"))!);
  assertEquals(store.files.get("runs/a/run.json"), whole);
  assertEquals(await findRunDamage(store, "a"), []);
});

Deno.test("readRun() throws when both files are damaged", async () => {
  const store = new MemoryStore();
  await writeRun(store, tensorsRun());
  store.flipBit("runs/a/run.json", 100);
  store.flipBit("runs/a/run.copy.json", 100);
  const error = await assertRejects(() => readRun(store, "a"), FormatError);
  assertMatch(
    error.message,
    /^Cannot use "runs\/a\/run.json" as its bytes have changed since they were written: .*; the task prepare writes a new one if it is given the photos$/,
  );
});

Deno.test("readRun() reads what was edited by hand, without its seal", async () => {
  const store = new MemoryStore();
  await writeRun(store, tensorsRun());
  const text = new TextDecoder().decode(store.files.get("runs/a/run.json"));
  const edited = text.replace(/"epochs": \d+/, '"epochs": 7');
  const put = (text: string) =>
    store.files.set("runs/a/run.json", new TextEncoder().encode(text));
  put(edited);
  assertEquals((await readRun(store, "a"))!.config, defaultConfig());
  put(JSON.stringify(JSON.parse(edited)));
  assertEquals((await readRun(store, "a"))!.config, defaultConfig());
  put(edited.replace(/ {2}"seal".*\n/, ""));
  const { config, damage } = (await readRun(store, "a"))!;
  assertEquals([config.epochs, damage], [7, undefined]);
});

Deno.test("readRun() throws when the disk does not tell a name from that of another run", async () => {
  const store = new MemoryStore();
  await writeRun(store, tensorsRun());
  // Such a disk finds the file, and lists its folder as it was made.
  const folding = Object.create(store, {
    read: { value: (path: string) => store.read(path.toLowerCase()) },
    folders: { value: (path: string) => store.folders(path) },
  });
  await assertRejects(
    () => readRun(folding, "A"),
    ConfigError,
    'Cannot use "A" as the name of a run as this disk does not tell it from that of another: "a"',
  );
  // A folder that was copied by hand.
  store.files.set("runs/b/run.json", store.files.get("runs/a/run.json")!);
  assertEquals((await readRun(store, "b"))!.name, "b");
});
