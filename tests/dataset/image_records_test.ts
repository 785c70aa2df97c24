import { assertEquals } from "@std/assert";
import type { ImageRecord } from "../../pipeline/dataset/image_record.ts";
import { ImageRecords } from "../../pipeline/dataset/image_records.ts";
import { SPLITS } from "../../pipeline/dataset/split.ts";

/** As many different records, of every split in turn. */
function records(count: number): ImageRecord[] {
  return Array.from({ length: count }, (_, i) => ({
    path: `rose/${i}.jpg`,
    sizeBytes: 2 ** 32 + i,
    digest: i.toString(16).padStart(64, "0"),
    width: 65535,
    height: i,
    label: i % 5,
    split: SPLITS[i % 3]!,
  }));
}

Deno.test("ImageRecords returns records as they came", () => {
  const all = records(3000);
  const columns = new ImageRecords(all);
  assertEquals(columns.length, 3000);
  assertEquals([...columns], all);
  // The lines of the index are written from these objects.
  assertEquals(JSON.stringify(columns.at(2999)), JSON.stringify(all[2999]));
});

Deno.test("reserve() keeps the records, and takes more than it made room for", () => {
  const all = records(3000);
  const columns = new ImageRecords(all.slice(0, 2));
  columns.reserve(2000);
  for (const record of all.slice(2)) columns.push(record);
  assertEquals([...columns], all);
});

Deno.test("rowsOf() finds the rows of a split", () => {
  const columns = new ImageRecords(records(8));
  assertEquals(columns.rowsOf("train"), Int32Array.of(0, 3, 6));
  assertEquals(columns.rowsOf("validation"), Int32Array.of(1, 4, 7));
  assertEquals(new ImageRecords().rowsOf("test"), new Int32Array(0));
});

Deno.test("path(), label(), split() and digest() tell of one row", () => {
  const columns = new ImageRecords(records(8));
  assertEquals(columns.path(7), "rose/7.jpg");
  assertEquals([columns.label(7), columns.split(7)], [2, "validation"]);
  assertEquals(columns.digest(7), new Uint8Array(32).fill(7, 31));
});

Deno.test("setSplit() changes the split of one row, and nothing else", () => {
  const all = records(3);
  const columns = new ImageRecords(all);
  columns.setSplit(1, "test");
  const changed = { ...all[1]!, split: "test" } as const;
  assertEquals([...columns], [all[0]!, changed, all[2]!]);
});

Deno.test("relabel() gives other labels, and splits of their own", () => {
  const all = records(3);
  const columns = new ImageRecords(all);
  const others = columns.relabel((label) => label + 10);
  others.setSplit(0, "test");
  assertEquals([...others], [
    { ...all[0]!, label: 10, split: "test" },
    { ...all[1]!, label: 11 },
    { ...all[2]!, label: 12 },
  ]);
  assertEquals([...columns], all);
});
