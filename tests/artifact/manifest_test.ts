import { assertEquals, assertRejects } from "@std/assert";
import {
  decodeManifest,
  encodeManifest,
  type Manifest,
} from "../../pipeline/artifact/manifest.ts";
import { sha256 } from "../../pipeline/artifact/digest.ts";
import { FormatError } from "../../pipeline/errors.ts";

const MANIFEST: Manifest = {
  format: 1,
  fingerprint: "ab".repeat(32),
  work: {
    stage: "tensors",
    version: 1,
    config: { resize: "stretch", imageSize: 224 },
    inputs: { records: "cd" },
  },
  files: [
    {
      path: "train-00000-of-00001.safetensors",
      sizeBytes: 9,
      digest: "ef".repeat(32),
      rows: 2,
    },
    { path: "rejected.jsonl", sizeBytes: 0, digest: "01".repeat(32) },
  ],
  counts: { train: 2, classes: 1 },
};

/** As version 0.1.0 wrote it, without a seal. */
const TEXT = `{
  "format": 1,
  "fingerprint": "${"ab".repeat(32)}",
  "counts": {"classes":1,"train":2},
  "work": {"config":{"imageSize":224,"resize":"stretch"},"inputs":{"records":"cd"},"stage":"tensors","version":1},
  "files": [
    {"digest":"${
  "ef".repeat(32)
}","path":"train-00000-of-00001.safetensors","rows":2,"sizeBytes":9},
    {"digest":"${"01".repeat(32)}","path":"rejected.jsonl","sizeBytes":0}
  ]
}
`;

/** Encodes text. */
function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Adds the line of a seal. */
function withSeal(text: string, seal: string): string {
  return text.replace('"counts"', `"seal": "${seal}",\n  "counts"`);
}

/** The text as it is written now. */
const SEALED = withSeal(
  TEXT,
  await sha256(utf8(withSeal(TEXT, "0".repeat(64)))),
);

Deno.test("encodeManifest() writes JSON, a file a line, with the digest of it", async () => {
  const bytes = await encodeManifest(MANIFEST);
  assertEquals(new TextDecoder().decode(bytes), SEALED);
});

Deno.test("encodeManifest() gives the same bytes whatever order keys were set in", async () => {
  const { counts, files, work, fingerprint, format } = MANIFEST;
  const other: Manifest = { counts, files, work, fingerprint, format };
  assertEquals(await encodeManifest(other), await encodeManifest(MANIFEST));
});

Deno.test("encodeManifest() leaves out rows that are undefined", async () => {
  const [, list] = MANIFEST.files;
  const files = [{ ...list!, rows: undefined }];
  assertEquals(
    await encodeManifest({ ...MANIFEST, files }),
    await encodeManifest({ ...MANIFEST, files: [list!] }),
  );
});

Deno.test("encodeManifest() writes an empty list when there are no files", async () => {
  const bytes = await encodeManifest({ ...MANIFEST, files: [] });
  assertEquals(
    new TextDecoder().decode(bytes).endsWith('  "files": []\n}\n'),
    true,
  );
  assertEquals((await decodeManifest(bytes, "m")).files, []);
});

Deno.test("decodeManifest() reads what encodeManifest() wrote, now and before there were seals", async () => {
  for (const text of [SEALED, TEXT]) {
    assertEquals(await decodeManifest(utf8(text), "m"), MANIFEST);
  }
});

Deno.test("decodeManifest() notices every bit that changes", async () => {
  const whole = utf8(SEALED);
  for (let at = 0; at < whole.length; at++) {
    const bytes = whole.slice();
    bytes[at]! ^= 1 << at % 8;
    await assertRejects(() => decodeManifest(bytes, "m"), FormatError);
  }
});

Deno.test.each([
  ['"rows":2,', "", "as its bytes have changed since they were written"],
  ['"train":2', '"train":3', "as its bytes have changed since they were"],
  ['"resize"', '"resizE"', "as its bytes have changed since they were written"],
])(
  "decodeManifest() notices valid JSON in which %s is %s",
  async (from, to, message) => {
    await assertRejects(
      () => decodeManifest(utf8(SEALED.replace(from, to)), "m"),
      FormatError,
      message,
    );
  },
);

Deno.test("decodeManifest() takes text that is not as it is written for damage, without a seal too", async () => {
  const error = await assertRejects(
    () => decodeManifest(utf8(`${TEXT} `), "m"),
    FormatError,
    `Cannot use "m" as its text must be as it is written: it is not at byte ${TEXT.length}`,
  );
  assertEquals(error.byteOffset, TEXT.length);
});

Deno.test("decodeManifest() takes whatever is thrown for damage", async () => {
  const depth = 100_000;
  const deep = `{"a":`.repeat(depth) + "1" + "}".repeat(depth);
  for (const text of ["", "null", deep, TEXT.replace('"cd"', deep)]) {
    await assertRejects(() => decodeManifest(utf8(text), "m"), FormatError);
  }
});

Deno.test("decodeManifest() throws when the bytes are not JSON", async () => {
  const error = await assertRejects(
    () => decodeManifest(utf8(TEXT.slice(0, -3)), "a/manifest.json"),
    FormatError,
    'Cannot read "a/manifest.json" as a manifest as it is not JSON',
  );
  assertEquals(error.path, "a/manifest.json");
});

Deno.test.each([
  [
    '"format": 1',
    '"format": 2',
    "format is not valid: Invalid input: expected 1",
  ],
  [
    '"format": 1',
    '"format": 1, "x": 1',
    'it is not valid: Unrecognized key: "x"',
  ],
  [
    '"sizeBytes":9',
    '"sizeBytes":-9',
    "files.0.sizeBytes is not valid: Too small: expected number to be >=0",
  ],
  [
    '"rows":2',
    '"rows":2.5',
    "files.0.rows is not valid: Invalid input: expected int, received number",
  ],
  [
    `"${"ab".repeat(32)}"`,
    '"AB"',
    "fingerprint is not valid: Invalid string: must match pattern /^[0-9a-f]{64}$/",
  ],
  [
    '"stage":"tensors"',
    '"stage":"no thing"',
    "work.stage is not valid: Invalid string: must match pattern /^[a-z]+(-[a-z]+)*$/",
  ],
  [
    '"rejected.jsonl"',
    '"../../photos/rose.jpg"',
    "files.1.path is not valid: it must be a path below the manifest",
  ],
  [
    '"rejected.jsonl"',
    '"/etc/hosts"',
    "files.1.path is not valid: it must be a path below the manifest",
  ],
  [
    '"rejected.jsonl"',
    '"..\\\\rose.jpg"',
    "files.1.path is not valid: it must be a path below the manifest",
  ],
  [
    '"rejected.jsonl"',
    '"."',
    "files.1.path is not valid: it must be a path below the manifest",
  ],
  [
    '"rejected.jsonl"',
    '"a\\u0000b"',
    "files.1.path is not valid: it must be a path below the manifest",
  ],
  [
    '"rejected.jsonl"',
    '""',
    "files.1.path is not valid: it must be a path below the manifest",
  ],
])("decodeManifest() throws when %s is %s", async (from, to, message) => {
  await assertRejects(
    () => decodeManifest(utf8(TEXT.replace(from, to)), "m"),
    FormatError,
    `Cannot read "m" as a manifest as ${message}`,
  );
});

Deno.test("decodeManifest() throws when the JSON is no object", async () => {
  await assertRejects(
    () => decodeManifest(utf8("[]"), "m"),
    FormatError,
    'Cannot read "m" as a manifest as it is not valid: Invalid input: expected object, received array',
  );
});
