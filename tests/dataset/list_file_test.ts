import { assertEquals, assertRejects } from "@std/assert";
import type { ListColumns } from "../../pipeline/dataset/list_columns.ts";
import { planList } from "../../pipeline/dataset/list_file.ts";
import { readFixture } from "../support/fixtures.ts";
import { DatasetError, FormatError } from "../../pipeline/errors.ts";

/** Columns by their usual names. */
const USUAL: ListColumns = { path: null, label: null, split: null };

/** Plans a list that is given as text. */
function plan(text: string, file: string, columns: Partial<ListColumns> = {}) {
  const bytes = new TextEncoder().encode(text);
  return planList(bytes, file, { ...USUAL, ...columns });
}

Deno.test("planList() reads CSV, whatever its columns are called besides", async () => {
  const text =
    'label,note,path,split\r\nrose,"a, b",b.jpg,val\r\n"da""isy",,"a b.jpg",train\r\n';
  assertEquals(await plan(text, "photos.CSV"), [
    { path: "a b.jpg", className: 'da"isy', split: "train" },
    { path: "b.jpg", className: "rose", split: "validation" },
  ]);
});

Deno.test("planList() reads CSV that starts with a byte order mark", async () => {
  assertEquals(await plan("\ufeffpath,label\na.jpg,1\n", "l.csv"), [
    { path: "a.jpg", className: "1", split: undefined },
  ]);
});

Deno.test("planList() reads JSON Lines, with labels that are numbers", async () => {
  const text =
    '{"path":"b.jpg","label":10}\n{"path":"/a.jpg","label":"x","split":null}\n';
  assertEquals(await plan(text, "l.jsonl"), [
    { path: "/a.jpg", className: "x", split: undefined },
    { path: "b.jpg", className: "10", split: undefined },
  ]);
});

Deno.test("planList() plans nothing when there are no rows", async () => {
  assertEquals(await plan("path,label\n", "l.csv"), []);
  assertEquals(await plan("", "l.jsonl"), []);
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
    'its split must be train, validation (val, valid, dev) or test: it is "held"',
  ],
  [
    '{"path":"ok","label":0}',
    'each path must stand once: "ok" stands in row 1',
  ],
])("planList() throws when a row is %s", async (row, message) => {
  const error = await assertRejects(
    () => plan(`{"path":"ok","label":0,"split":"test"}\n${row}\n`, "l.jsonl"),
    DatasetError,
  );
  assertEquals(error.message, `Cannot use row 2 of "l.jsonl" as ${message}`);
});

Deno.test("planList() throws when only some rows have a split", async () => {
  await assertRejects(
    () => plan("path,label,split\na,1,train\nb,1,\n", "l.csv"),
    DatasetError,
    'Cannot use row 2 of "l.csv" as either every row has a split or none: it has none',
  );
});

Deno.test("planList() throws when CSV cannot be parsed", async () => {
  const error = await assertRejects(
    () => plan('path,label\n"a,1\n', "l.csv"),
    FormatError,
    'Cannot read "l.csv" as CSV with a header line: ',
  );
  assertEquals(error.path, "l.csv");
});

Deno.test("planList() throws when CSV is empty", async () => {
  await assertRejects(
    () => plan("", "l.csv"),
    FormatError,
    'Cannot read "l.csv" as CSV with a header line: ',
  );
});

Deno.test.each<[string, string]>([
  ["l.csv", "path,label,note\na.jpg,rose,x\n"],
  ["l.csv", 'path;label;"a,b,c,d"\na.jpg;rose;"x;y"\n'],
  ["l.csv", "path\tlabel\tnote\na.jpg\trose\tx, y\n"],
  ["l.tsv", "path\tlabel\tnote\r\na.jpg\trose\tx, y\r\n"],
  ["metadata.csv", "file_name,label\na.jpg,rose\n"],
  ["metadata.jsonl", '{"file_name":"a.jpg","label":"rose","text":"x"}\n'],
])("planList() reads %s: %j", async (file, text) => {
  assertEquals(await plan(text, file), [
    { path: "a.jpg", className: "rose", split: undefined },
  ]);
});

Deno.test.each<[string, number[]]>([
  ["utf-16le", [0xff, 0xfe]],
  ["utf-16be", [0xfe, 0xff]],
])("planList() reads CSV in %s", async (encoding, mark) => {
  const text = "path\tlabel\r\na.jpg\tGröße\r\n";
  const codes = [...text].flatMap((c) => {
    const bytes = [c.charCodeAt(0) & 0xff, c.charCodeAt(0) >> 8];
    return encoding === "utf-16le" ? bytes : bytes.reverse();
  });
  const bytes = Uint8Array.of(...mark, ...codes);
  assertEquals(await planList(bytes, "l.csv", USUAL), [
    { path: "a.jpg", className: "Größe", split: undefined },
  ]);
});

Deno.test("planList() drops spaces around names and values of CSV", async () => {
  assertEquals(await plan("path, label\na b.jpg , rose red\n", "l.csv"), [
    { path: "a b.jpg", className: "rose red", split: undefined },
  ]);
});

Deno.test("planList() takes paths as Windows writes them", async () => {
  assertEquals(await plan("path,label\nphotos\\a.jpg,rose\n", "l.csv"), [
    { path: "photos/a.jpg", className: "rose", split: undefined },
  ]);
});

Deno.test("planList() takes the columns that are chosen", async () => {
  const text = "image;species;fold;path\na.jpg;rose;dev;x\n";
  const columns = { path: "image", label: "species", split: "fold" };
  assertEquals(await plan(text, "l.csv", columns), [
    { path: "a.jpg", className: "rose", split: "validation" },
  ]);
});

Deno.test.each<[string, Partial<ListColumns>, string]>([
  [
    "Path,class\na,b\n",
    {},
    'a column "path", or --path-column must name another: its columns are "Path", "class"; is it "Path"?',
  ],
  [
    "path,labels,id\na,b,1\n",
    {},
    'a column "label", or --label-column must name another: its columns are "path", "labels", "id"; is it "labels"?',
  ],
  [
    "path,label,fold\na,b,1\n",
    { split: "folds" },
    'a column "folds", or --split-column must name another: its columns are "path", "label", "fold"; is it "fold"?',
  ],
  [
    "file;class;set\na;b;train\n",
    {},
    'a column "path", or --path-column must name another: its columns are "file", "class", "set"; is it "file"?',
  ],
  [
    "a,b\n1,2\n",
    {},
    'a column "path", or --path-column must name another: its columns are "a", "b"',
  ],
  [
    "photos/1.jpg,rose\nphotos/2.jpg,tulip\n",
    {},
    'a column "path", or --path-column must name another: its columns are "photos/1.jpg", "rose"; is there no line of names above them?',
  ],
])(
  "planList() of %j with %j names the columns",
  async (text, chosen, found) => {
    const error = await assertRejects(
      () => plan(text, "l.csv", chosen),
      DatasetError,
    );
    assertEquals(error.message, `Cannot use "l.csv" as it must have ${found}`);
  },
);

Deno.test.each(["none", "snappy"])(
  "planList() reads Parquet of pyarrow, compressed by %s",
  async (compression) => {
    const file = `${compression}.parquet`;
    const bytes = await readFixture(`lists/${file}`);
    const columns = { path: null, label: "species", split: "fold" };
    assertEquals(await planList(bytes, file, columns), [
      { path: "a.jpg", className: "tulip", split: "validation" },
      { path: "b.jpg", className: "rose", split: "train" },
      { path: "c.jpg", className: "rose", split: "test" },
    ]);
    const byNumber = await planList(bytes, file, {
      ...columns,
      label: "number",
      split: null,
    });
    assertEquals(byNumber.map(({ className }) => className), ["9", "10", "10"]);
  },
);

Deno.test.each(["zstd", "broken"])(
  "planList() refuses Parquet that it cannot read: %s",
  async (name) => {
    const bytes = name === "zstd"
      ? await readFixture("lists/zstd.parquet")
      : new TextEncoder().encode("PAR1 no table PAR1");
    await assertRejects(
      () => planList(bytes, "l.parquet", { ...USUAL, label: "species" }),
      FormatError,
      'Cannot read "l.parquet" as Parquet: ',
    );
  },
);
