import { assertEquals } from "@std/assert";
import {
  boolean,
  choice,
  fraction,
  integer,
  type Kind,
  optional,
  positive,
  text,
} from "../../pipeline/config/kinds.ts";

/** Reads a value as a flag gives it: the value, or the message of the refusal. */
function readFlag(kind: Kind<unknown>, flag: string): unknown {
  return check(kind, kind.parse(flag));
}

/** Checks a value as a file gives it: the value, or the message of the refusal. */
function check(kind: Kind<unknown>, value: unknown): unknown {
  return kind.allows(value) ? value : kind.error;
}

Deno.test.each<[string, unknown]>([
  ["1", 1],
  ["8", 8],
  ["0x8", 8],
  [" 2 ", 2],
  ["0", "it must be a whole number of 1 to 8"],
  ["9", "it must be a whole number of 1 to 8"],
  ["1.5", "it must be a whole number of 1 to 8"],
  ["", "it must be a whole number of 1 to 8"],
  ["one", "it must be a whole number of 1 to 8"],
  ["Infinity", "it must be a whole number of 1 to 8"],
])('integer() reads "%s" as %s', (flag, expected) => {
  assertEquals(readFlag(integer(1, 8), flag), expected);
});

Deno.test("integer() holds what 32 bits hold when no largest value is given", () => {
  assertEquals(readFlag(integer(0), "4294967295"), 4294967295);
  assertEquals(
    readFlag(integer(0), "4294967296"),
    "it must be a whole number of 0 to 4294967295",
  );
});

Deno.test.each<[string, unknown]>([
  ["0", 0],
  ["0.25", 0.25],
  ["2.5e-1", 0.25],
  ["1", "it must be a number in [0, 1)"],
  ["-0.1", "it must be a number in [0, 1)"],
  ["", "it must be a number in [0, 1)"],
  ["half", "it must be a number in [0, 1)"],
])('fraction() reads "%s" as %s', (flag, expected) => {
  assertEquals(readFlag(fraction(0, 1), flag), expected);
});

Deno.test.each<[string, unknown]>([
  ["0.001", 0.001],
  ["0", "it must be a number above 0"],
  ["-1", "it must be a number above 0"],
  ["NaN", "it must be a number above 0"],
  ["Infinity", "it must be a number above 0"],
])('positive() reads "%s" as %s', (flag, expected) => {
  assertEquals(readFlag(positive(), flag), expected);
});

Deno.test.each<[string, unknown]>([
  ["relu", "relu"],
  ["ReLU", "it must be one of linear, relu"],
  ["", "it must be one of linear, relu"],
])('choice() reads "%s" as %s', (flag, expected) => {
  assertEquals(readFlag(choice(["linear", "relu"]), flag), expected);
});

Deno.test.each<[string, unknown]>([
  ["photos", "photos"],
  ["7", "7"],
  ["", "it must be text that is not empty"],
])('text() reads "%s" as %s', (flag, expected) => {
  assertEquals(readFlag(text("DIR"), flag), expected);
});

Deno.test.each<[string, unknown]>([
  ["true", true],
  ["false", false],
  ["", "it must be true or false"],
  ["yes", "it must be true or false"],
])('boolean() reads "%s" as %s', (flag, expected) => {
  assertEquals(readFlag(boolean(), flag), expected);
});

Deno.test.each<[string, Kind<unknown>, string]>([
  ["integer()", integer(0, 8), "it must be a whole number of 0 to 8"],
  ["fraction()", fraction(0, 1), "it must be a number in [0, 1)"],
  ["positive()", positive(), "it must be a number above 0"],
  ["choice()", choice(["a"]), "it must be one of a"],
  ["text()", text("DIR"), "it must be text that is not empty"],
  ["boolean()", boolean(), "it must be true or false"],
])("%s refuses null, and takes it when optional()", (_, kind, message) => {
  assertEquals(check(kind, null), message);
  assertEquals(check(optional(kind), null), null);
  assertEquals(check(optional(kind), []), message);
});

Deno.test.each(["8", "auto"])(
  "optional() reads %s",
  (flag) => {
    const kind = optional(integer(0, 8));
    assertEquals(readFlag(kind, flag), flag === "auto" ? null : 8);
  },
);

Deno.test.each<[Kind<unknown>, string]>([
  [integer(0), "N"],
  [fraction(0, 1), "F"],
  [positive(), "F"],
  [choice(["a", "b"]), "a|b"],
  [text("DIR"), "DIR"],
  [boolean(), ""],
  [optional(text("DIR")), "DIR"],
])("kinds have a placeholder for help (case %#)", (kind, placeholder) => {
  assertEquals(kind.placeholder, placeholder);
});
