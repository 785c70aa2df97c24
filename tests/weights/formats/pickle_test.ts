import { assertEquals, assertThrows } from "@std/assert";
import {
  MAX_OPCODES,
  type PickleMeanings,
  unpickle,
} from "../../../pipeline/weights/formats/pickle.ts";
import { FormatError } from "../../../pipeline/errors.ts";
import { little, pack, text } from "./pytorch_support.ts";

/** Meanings that show what was asked. */
const MEANINGS: PickleMeanings = {
  find: (name) => `<${name}>`,
  call: (callee, args) => [callee, ...args],
  build: (target, state) => (target as unknown[]).push(state),
  load: (id) => ({ id }),
};

/** Reads a pickle. */
function read(...parts: Parameters<typeof pack>): unknown {
  return unpickle(pack(...parts), 0, MEANINGS, "x.pkl").value;
}

Deno.test.each([
  ["none", ["N."], null],
  ["booleans", ["\x88\x89\x86."], [true, false]],
  ["old booleans", ["I01\nI00\n\x86."], [1, 0]],
  ["small integers", ["K\xffM\xff\xffJ\xff\xff\xff\xff\x87."], [
    255,
    65535,
    -1,
  ]],
  ["integers of any length", [
    "\x8a\x00\x8a\x01\xff\x8a\x08",
    little(2 ** 53, 8),
    "\x87.",
  ], [0, -1, 2n ** 53n]],
  ["decimal integers", ["L-12L\n."], -12],
  ["a float", ["G\x3f\xf8\x00\x00\x00\x00\x00\x00."], 1.5],
  ["bytes", ["C\x01\xffB\x01\x00\x00\x00\x01\x86."], [
    Uint8Array.of(255),
    Uint8Array.of(1),
  ]],
  ["an empty tuple", [")."], []],
  ["tuples", ["(K\x01K\x02tK\x03\x85\x86."], [[1, 2], [3]]],
  ["lists", ["]K\x01a(K\x02K\x03e."], [1, 2, 3]],
  [
    "mappings",
    ["}K\x01Ns(K\x02NK\x03Nu."],
    new Map([[1, null], [2, null], [3, null]]),
  ],
  [
    "a key that would be a prototype",
    ["}", text("__proto__"), "]s."],
    new Map([["__proto__", []]]),
  ],
  ["globals", ["ca.b\nc\n\x8c\x01a\x8c\x01b\x93\x86."], ["<a.b.c>", "<a.b>"]],
  ["calls", ["ca\nb\n)Rca\nb\nN\x85\x81\x86."], [["<a.b>"], ["<a.b>", null]]],
  ["states", ["ca\nb\n)RNb."], ["<a.b>", null]],
  ["persistent ids", ["K\x07Q."], { id: 7 }],
])("unpickle() reads %s", (_name, parts, expected) => {
  assertEquals(read(...parts), expected);
});

Deno.test("unpickle() reads text of each kind", () => {
  const value = read(text("\xc3\xbc"), "\x8c\x01aU\x01\xe9\x87.");
  assertEquals(value, ["ü", "a", "é"]);
  assertEquals(read("T\x01\x00\x00\x00b."), "b");
});

Deno.test("unpickle() remembers values", () => {
  assertEquals(
    read("K\x05q\x01K\x06r\x00\x01\x00\x00\x86h\x01j\x00\x01\x00\x00\x87."),
    [[5, 6], 5, 6],
  );
  assertEquals(read("\x80\x04\x95", new Uint8Array(8), "K\x05\x94h\x00\x86."), [
    5,
    5,
  ]);
});

Deno.test("unpickle() tells where a pickle ends", () => {
  const bytes = pack("??K\x07.rest");
  assertEquals(unpickle(bytes, 2, MEANINGS, "x"), { value: 7, end: 5 });
});

const STACK = "each opcode of its pickle must find what it takes: one does not";

Deno.test.each([
  [
    "nothing",
    [""],
    "its pickle must not end before its last opcode: 1 bytes are wanted, 0 are left",
  ],
  [
    "no end",
    ["N"],
    "its pickle must not end before its last opcode: 1 bytes are wanted, 0 are left",
  ],
  [
    "a text past the end",
    ["X\xff\x00\x00\x00a"],
    "its pickle must not end before its last opcode: 255 bytes are wanted, 1 are left",
  ],
  [
    "a long text",
    ["X\xff\xff\xff\xffa"],
    "a string of its pickle must have at most 65536 bytes: it claims 4294967295",
  ],
  [
    "text that is not UTF-8",
    ["X\x01\x00\x00\x00\xff."],
    "a string of its pickle must be UTF-8: it is not",
  ],
  [
    "a line without end",
    ["c", "a".repeat(2000)],
    "a line of its pickle must end within 1024 bytes: it does not",
  ],
  [
    "an integer that is none",
    ["I1e3\n."],
    'an integer of its pickle must have 1 to 19 digits: it is "1e3"',
  ],
  [
    "a long integer",
    ["\x8a\x11"],
    "an integer of its pickle must have at most 16 bytes: it has 17",
  ],
  [
    "another protocol",
    ["\x80\x06"],
    "its pickle must have protocol 0 to 5: it has 6",
  ],
  [
    "other opcodes",
    ["(ios\nsystem\n."],
    "its pickle must consist of the opcodes of state dicts: it has 0x69",
  ],
  [
    "a memo that is not there",
    ["h\x03."],
    "its pickle must refer to what it holds: it refers to 3",
  ],
  ["an empty stack", ["."], STACK],
  ["no mark", ["Nt."], STACK],
  ["values below a mark", ["N(\x85."], STACK],
  ["items of no list", ["NNa."], STACK],
  ["items of no mapping", ["]NNs."], STACK],
  ["a key without value", ["}(Nu."], STACK],
  ["arguments that are no tuple", ["NNR."], STACK],
  ["a name that is no text", ["NN\x93."], STACK],
])("unpickle() refuses %s", (_name, parts, expected) => {
  const error = assertThrows(() => read(...parts), FormatError);
  assertEquals(
    error.message,
    `Cannot read "x.pkl" as PyTorch weights as ${expected}`,
  );
});

Deno.test("unpickle() refuses more opcodes than its limit", () => {
  const bytes = new Uint8Array(MAX_OPCODES + 1).fill("}".charCodeAt(0));
  assertThrows(
    () => unpickle(bytes, 0, MEANINGS, "x"),
    FormatError,
    "its pickle must have at most 524288 opcodes: it has more",
  );
});
