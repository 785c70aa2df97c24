import { assertEquals, assertThrows } from "@std/assert";
import { planList } from "../../pipeline/dataset/list_file.ts";
import { DatasetError, FormatError } from "../../pipeline/errors.ts";

/** Plans a list that is given as text. */
function plan(text: string, file: string) {
  return planList(new TextEncoder().encode(text), file);
}

Deno.test("planList() reads CSV, whatever its columns are called besides", () => {
  const text =
    'label,note,path,split\r\nrose,"a, b",b.jpg,val\r\n"da""isy",,"a b.jpg",train\r\n';
  assertEquals(plan(text, "photos.CSV"), [
    { path: "a b.jpg", className: 'da"isy', split: "train" },
    { path: "b.jpg", className: "rose", split: "validation" },
  ]);
});

Deno.test("planList() reads CSV that starts with a byte order mark", () => {
  assertEquals(plan("\ufeffpath,label\na.jpg,1\n", "l.csv"), [
    { path: "a.jpg", className: "1", split: undefined },
  ]);
});

Deno.test("planList() reads JSON Lines, with labels that are numbers", () => {
  const text =
    '{"path":"b.jpg","label":10}\n{"path":"/a.jpg","label":"x","split":null}\n';
  assertEquals(plan(text, "l.jsonl"), [
    { path: "/a.jpg", className: "x", split: undefined },
    { path: "b.jpg", className: "10", split: undefined },
  ]);
});

Deno.test("planList() plans nothing when there are no rows", () => {
  assertEquals(plan("path,label\n", "l.csv"), []);
  assertEquals(plan("", "l.jsonl"), []);
});

Deno.test.each<[string, string]>([
  ['{"label":"x"}', "it must have a path: it has undefined"],
  ['{"path":"","label":"x"}', 'it must have a path: it has ""'],
  ['{"path":7,"label":"x"}', "it must have a path: it has 7"],
  ["null", "it must have a path: it has undefined"],
  ["7", "it must have a path: it has undefined"],
  [
    '{"path":"a"}',
    "it must have a label, text or a number: it has undefined",
  ],
  [
    '{"path":"a","label":""}',
    'it must have a label, text or a number: it has ""',
  ],
  [
    '{"path":"a","label":true}',
    "it must have a label, text or a number: it has true",
  ],
  [
    '{"path":"a","label":1,"split":"held"}',
    'its split must be train, validation (val, valid) or test: it is "held"',
  ],
  [
    '{"path":"ok","label":0}',
    'each path must stand once: "ok" stands in row 1',
  ],
])("planList() throws when a row is %s", (row, message) => {
  const error = assertThrows(
    () => plan(`{"path":"ok","label":0,"split":"test"}\n${row}\n`, "l.jsonl"),
    DatasetError,
  );
  assertEquals(error.message, `Cannot use row 2 of "l.jsonl" as ${message}`);
});

Deno.test("planList() throws when only some rows have a split", () => {
  assertThrows(
    () => plan("path,label,split\na,1,train\nb,1,\n", "l.csv"),
    DatasetError,
    'Cannot use row 2 of "l.csv" as either every row has a split or none: it has none',
  );
});

Deno.test("planList() throws when CSV cannot be parsed", () => {
  const error = assertThrows(
    () => plan('path,label\n"a,1\n', "l.csv"),
    FormatError,
    'Cannot read "l.csv" as CSV with a header line: ',
  );
  assertEquals(error.path, "l.csv");
});

Deno.test("planList() throws when CSV is empty", () => {
  assertThrows(
    () => plan("", "l.csv"),
    FormatError,
    'Cannot read "l.csv" as CSV with a header line: ',
  );
});
