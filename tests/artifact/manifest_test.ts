import { assertEquals, assertThrows } from "@std/assert";
import {
  decodeManifest,
  encodeManifest,
  type Manifest,
} from "../../pipeline/artifact/manifest.ts";
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

Deno.test("encodeManifest() writes JSON, a file a line", () => {
  assertEquals(new TextDecoder().decode(encodeManifest(MANIFEST)), TEXT);
});

Deno.test("encodeManifest() gives the same bytes whatever order keys were set in", () => {
  const { counts, files, work, fingerprint, format } = MANIFEST;
  const other: Manifest = { counts, files, work, fingerprint, format };
  assertEquals(encodeManifest(other), encodeManifest(MANIFEST));
});

Deno.test("encodeManifest() leaves out rows that are undefined", () => {
  const [, list] = MANIFEST.files;
  const files = [{ ...list!, rows: undefined }];
  assertEquals(
    encodeManifest({ ...MANIFEST, files }),
    encodeManifest({ ...MANIFEST, files: [list!] }),
  );
});

Deno.test("encodeManifest() writes an empty list when there are no files", () => {
  const bytes = encodeManifest({ ...MANIFEST, files: [] });
  assertEquals(
    new TextDecoder().decode(bytes).endsWith('  "files": []\n}\n'),
    true,
  );
  assertEquals(decodeManifest(bytes, "m").files, []);
});

Deno.test("decodeManifest() reads what encodeManifest() wrote", () => {
  assertEquals(decodeManifest(utf8(TEXT), "m"), MANIFEST);
});

Deno.test("decodeManifest() throws when the bytes are not JSON", () => {
  const error = assertThrows(
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
    '""',
    "files.1.path is not valid: it must be a path below the manifest",
  ],
])("decodeManifest() throws when %s is %s", (from, to, message) => {
  assertThrows(
    () => decodeManifest(utf8(TEXT.replace(from, to)), "m"),
    FormatError,
    `Cannot read "m" as a manifest as ${message}`,
  );
});

Deno.test("decodeManifest() throws when the JSON is no object", () => {
  assertThrows(
    () => decodeManifest(utf8("[]"), "m"),
    FormatError,
    'Cannot read "m" as a manifest as it is not valid: Invalid input: expected object, received array',
  );
});
