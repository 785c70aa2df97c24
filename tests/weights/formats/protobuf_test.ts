import { assertEquals, assertThrows } from "@std/assert";
import { FormatError } from "../../../pipeline/errors.ts";
import {
  decodeFields,
  decodeMessage,
  toBytes,
  toInteger,
  toText,
} from "../../../pipeline/weights/formats/protobuf.ts";
import {
  concat,
  fixed32,
  integer,
  message,
  text,
  varint,
} from "./sstable_support.ts";

/** What messages of errors start with. */
const PREFIX = 'Cannot read "x" as a TensorFlow checkpoint as ';

Deno.test("decodeFields() reads every wire type, in order", () => {
  const bytes = concat(
    integer(1, 300),
    integer(2, -1),
    varint(3 * 8 + 1),
    Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
    message(4, text("name")),
    fixed32(5, 0xfffffffe),
    message(2 ** 29 - 1),
  );
  assertEquals([...decodeFields(bytes, "x")], [
    { number: 1, wire: "varint", value: 300 },
    { number: 2, wire: "varint", value: -1 },
    {
      number: 3,
      wire: "fixed64",
      value: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
    },
    { number: 4, wire: "bytes", value: text("name") },
    { number: 5, wire: "fixed32", value: 0xfffffffe },
    { number: 2 ** 29 - 1, wire: "bytes", value: new Uint8Array() },
  ]);
});

Deno.test("decodeFields() gives bytes as views", () => {
  const bytes = message(1, text("abc"));
  const [field] = decodeFields(bytes, "x");
  assertEquals((field!.value as Uint8Array).buffer, bytes.buffer);
});

Deno.test.each([
  ["a tag is cut off", Uint8Array.of(0x80), "an integer must end where"],
  ["an integer is cut off", Uint8Array.of(8), "an integer must end where"],
  [
    "bytes are cut off",
    Uint8Array.of(0x0a, 5, 1),
    "a field must end where its message ends: 5 bytes are claimed, 1 are there",
  ],
  [
    "bytes claim 2^63",
    concat(Uint8Array.of(0x0a), varint(2n ** 63n)),
    "a field must end where its message ends: 9223372036854776000 bytes are claimed, 0 are there",
  ],
  [
    "four bytes are cut off",
    Uint8Array.of(0x0d, 1, 2, 3),
    "a field must end where its message ends: 4 bytes are claimed, 3 are there",
  ],
  [
    "eight bytes are cut off",
    Uint8Array.of(0x09, 1),
    "a field must end where its message ends: 8 bytes are claimed, 1 are there",
  ],
  [
    "the number is 0",
    Uint8Array.of(0, 0),
    "the number of a field must be in [1, 536870911]: it is 0",
  ],
  [
    "the number is too large",
    varint(2 ** 32),
    "the number of a field must be in [1, 536870911]: it is 536870912",
  ],
  [
    "there is a group",
    Uint8Array.of(0x0b, 0x0c),
    "the wire type of a field must be 0, 1, 2 or 5: it is 3",
  ],
])("decodeFields() throws if %s", (_name, bytes, expected) => {
  assertThrows(
    () => [...decodeFields(bytes, "x")],
    FormatError,
    PREFIX + expected,
  );
});

Deno.test("fields are read as what their message says", () => {
  const [whole, four, some] = decodeFields(
    concat(integer(1, 5), fixed32(2, 6), message(3, text("é"))),
    "x",
  );
  assertEquals(toInteger(whole!, "x"), 5);
  assertEquals(toText(toBytes(some!, "x"), "x"), "é");
  const wrong: [() => unknown, string][] = [
    [() => toInteger(four!, "x"), "field 2 must be varint: it is fixed32"],
    [() => toBytes(whole!, "x"), "field 1 must be bytes: it is varint"],
    [
      () => toText(Uint8Array.of(0xff), "x"),
      "the name of a tensor must be UTF-8: it is not",
    ],
    [
      () => toText(new Uint8Array(1025), "x"),
      "the name of a tensor must have at most 1024 bytes: it has 1025",
    ],
  ];
  for (const [read, expected] of wrong) {
    assertThrows(read, FormatError, PREFIX + expected);
  }
});

Deno.test("toInteger() throws beyond 2^53", () => {
  const [field] = decodeFields(integer(1, 2n ** 53n), "x");
  assertThrows(
    () => toInteger(field!, "x"),
    FormatError,
    "field 1 must be within 2^53 of 0: it is 9007199254740992",
  );
});

Deno.test("decodeMessage() reads fields as what is asked for, the last of each", () => {
  const fields = {
    whole: [1, "integer"],
    four: [2, "fixed32"],
    some: [3, "bytes"],
    name: [4, "text"],
    times: [1, "count"],
    missing: [6, "integer"],
    none: [7, "bytes"],
    empty: [8, "text"],
  } as const;
  const bytes = concat(
    integer(1, 4),
    fixed32(2, 6),
    message(3, Uint8Array.of(7)),
    integer(5, 1),
    message(4, text("é")),
    integer(1, 5),
  );
  assertEquals(decodeMessage(bytes, fields, "x"), {
    whole: 5,
    four: 6,
    some: Uint8Array.of(7),
    name: "é",
    times: 2,
    missing: 0,
    none: new Uint8Array(),
    empty: "",
  });
  assertThrows(
    () => decodeMessage(integer(2, 1), fields, "x"),
    FormatError,
    PREFIX + "field 2 must be fixed32: it is varint",
  );
});
