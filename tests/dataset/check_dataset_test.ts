import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import {
  countLabels,
  findWarnings,
  limitClasses,
  requireTrainable,
  strictError,
} from "../../pipeline/dataset/check_dataset.ts";
import { Sha256 } from "../../pipeline/artifact/sha256.ts";
import { ImageRecords } from "../../pipeline/dataset/image_records.ts";
import type { ImageRecord } from "../../pipeline/dataset/image_record.ts";
import type { Split } from "../../pipeline/dataset/split.ts";
import { DatasetError } from "../../pipeline/errors.ts";

/** A record; the content tells copies. */
function record(split: Split, label: number, content: string): ImageRecord {
  const [sizeBytes, width, height] = [1, 8, 8];
  const bytes = new TextEncoder().encode(content);
  const digest = new Sha256().update(bytes).hex();
  return { path: content, sizeBytes, digest, width, height, label, split };
}

/** As many different records of a split and label. */
function records(count: number, split: Split, label: number): ImageRecord[] {
  return Array.from(
    { length: count },
    (_, i) => record(split, label, `${split} ${label} ${i}`),
  );
}

const NONE = { train: [0, 0], validation: [0, 0], test: [0, 0] };

Deno.test("countLabels() counts by split and label, zeros included", () => {
  const all = new ImageRecords([
    ...records(2, "train", 1),
    ...records(1, "test", 0),
  ]);
  assertEquals(countLabels(all, { classCount: 3 }), {
    train: [0, 2, 0],
    validation: [0, 0, 0],
    test: [1, 0, 0],
  });
  assertEquals(countLabels(all, { classCount: 2, rows: [1] }), {
    ...NONE,
    train: [0, 1],
  });
});

Deno.test("limitClasses() refuses a label column of other values", () => {
  const names = Array.from({ length: 32_769 }, (_, i) => `name ${i}`);
  limitClasses(new Set(names.slice(1)), "l.csv");
  assertThrows(
    () => limitClasses(new Set(names), "l.csv"),
    DatasetError,
    'Cannot use "l.csv" as there may be 32768 classes at most: there are 32769, such as "name 0"; is it the right folder or label column?',
  );
});

Deno.test("requireTrainable() accepts held-out splits that lack a class", () => {
  const counts = { ...NONE, train: [1, 1], validation: [1, 0] };
  requireTrainable(counts, ["daisy", "rose"], "photos");
});

Deno.test.each<[string[], string]>([
  [["rose"], 'there is "rose"'],
  [[], "there is none"],
])("requireTrainable() throws when classes are %j", (names, found) => {
  assertThrows(
    () => requireTrainable(NONE, names, "photos"),
    DatasetError,
    `Cannot use "photos" as there must be at least two classes: ${found}`,
  );
});

Deno.test("requireTrainable() says why none of the photos can be used", () => {
  const rejected = ["p/1.jpg", "p/2.jpg"].map((path) => (
    { path, reason: "there is no such file" }
  ));
  assertThrows(
    () => requireTrainable(NONE, [], "l.csv", rejected),
    DatasetError,
    'Cannot use "l.csv" as none of its photos, 2 in all, can be used: of the first, "p/1.jpg", there is no such file',
  );
});

Deno.test("requireTrainable() throws when a class has no training image", () => {
  assertThrows(
    () =>
      requireTrainable({ ...NONE, train: [0, 3] }, ["daisy", "rose"], "photos"),
    DatasetError,
    'Cannot use "photos" as every class must have a usable image in train: there is none for "daisy"',
  );
});

Deno.test("requireTrainable() names five classes and counts the rest", () => {
  const names = ["g", "f", "e", "d", "c", "b", "a"];
  const zeros = names.map(() => 0);
  const counts = { train: zeros, validation: zeros, test: zeros };
  assertThrows(
    () => requireTrainable(counts, names, "photos"),
    DatasetError,
    'there is none for "a", "b", "c", "d", "e" and 2 more',
  );
});

Deno.test.each<[string, string, string]>([
  ["tulpi", "tulip", '; is "tulpi" meant to be "tulip"?'],
  ["Tulip", "tulip", '; is "Tulip" meant to be "tulip"?'],
  ["cat", "bat", '; is "cat" meant to be "bat"?'],
  ["a", "b", ""],
  ["daisy", "rose", ""],
])("requireTrainable() asks about %s beside %s", (name, other, question) => {
  const counts = { ...NONE, train: [0, 3], validation: [2, 0] };
  const error = assertThrows(
    () => requireTrainable(counts, [name, other], "photos"),
    DatasetError,
  );
  assertEquals(
    error.message,
    `Cannot use "photos" as every class must have a usable image in train: there is none for "${name}"${question}`,
  );
});

Deno.test("findWarnings() finds nothing when all is well", () => {
  const all = [
    ...records(2, "train", 0),
    ...records(5, "train", 1),
    ...records(1, "test", 0),
    ...records(1, "test", 1),
  ];
  assertEquals(findWarnings(new ImageRecords(all), ["daisy", "rose"]), []);
});

Deno.test("findWarnings() counts copies in another split and under another label", () => {
  const all = [
    record("train", 0, "same"),
    record("test", 0, "same"),
    record("train", 0, "twice"),
    record("train", 1, "twice"),
    record("train", 0, "harmless"),
    record("train", 0, "harmless"),
    record("test", 1, "one"),
    record("train", 1, "two"),
  ];
  assertEquals(findWarnings(new ImageRecords(all), ["daisy", "rose"]), [
    '2 images are copies of images in another split: "same" and "same"; results on held-out images will look better than they are',
    '2 images are copies of images under another label: "twice" and "twice"; at least one of the labels is wrong',
  ]);
});

Deno.test("findWarnings() tells of classes out of balance from three to one", () => {
  const all = [...records(6, "train", 0), ...records(2, "train", 1)];
  assertEquals(findWarnings(new ImageRecords(all), ["daisy", "rose"]), [
    'classes are out of balance: 6 training images of "daisy", 2 of "rose"; train --class-weights balanced may help',
  ]);
});

Deno.test.each<[string, string, boolean]>([
  ["Coat", "coat", true],
  ["T_shirt ", "t-shirt", true],
  ["cafe\u0301", "caf\u00e9", true],
  ["cat", "cats", false],
])(
  "findWarnings() asks whether %s and %s are one class: %s",
  (one, other, asked) => {
    const all = [...records(1, "train", 0), ...records(1, "train", 1)];
    const warnings = findWarnings(new ImageRecords(all), [one, other]);
    const question =
      `are these one class, spelled apart: "${one}", "${other}"?`;
    assertEquals(warnings, asked ? [question] : []);
  },
);

Deno.test("findWarnings() tells of held-out splits that lack a class, but not of empty ones", () => {
  const all = [
    ...records(1, "train", 0),
    ...records(1, "train", 1),
    ...records(1, "validation", 1),
  ];
  assertEquals(findWarnings(new ImageRecords(all), ["daisy", "rose"]), [
    'validation has no image of "daisy"',
  ]);
});

Deno.test("strictError() names the photo and the way out", () => {
  const error = strictError({ path: "a.jpg", reason: "it is empty" });
  assertInstanceOf(error, DatasetError);
  assertEquals(
    error.message,
    'Cannot use "a.jpg" as it is empty; with --no-strict it is listed and left out',
  );
});
