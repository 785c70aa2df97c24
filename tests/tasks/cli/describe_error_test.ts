import { assertEquals } from "@std/assert";
import { describeError } from "../../../tasks/cli/describe_error.ts";

Deno.test("describeError() says of a folder that it cannot be opened", () => {
  const error = new Error("Permission denied (os error 13): realpath '/a/b'");
  assertEquals(
    describeError(error),
    'Cannot open "/a/b": permission denied',
  );
});

Deno.test.each<[unknown, string]>([
  ["text", "text"],
  [
    new Error("a", { cause: new Error("b", { cause: new Error("c") }) }),
    "a: b: c",
  ],
  [new Error("a as b", { cause: new Error("b") }), "a as b"],
  [
    new Error("Not a directory (os error 20): mkdir '/a/b'"),
    'Cannot write "/a/b": not a directory',
  ],
  [
    new Error("Permission denied (os error 13): open '/a/b'"),
    'Cannot open "/a/b": permission denied',
  ],
  [
    new Error(
      "Cannot write \"/a/b\": No space left on device (os error 28): rename '/a/c' -> '/a/b'",
    ),
    'Cannot write "/a/b": no space left on device',
  ],
  [
    new Error(
      "No space left on device (os error 28): copy '/photos/a' -> '/sorted/$&'",
    ),
    'Cannot copy "/photos/a" to "/sorted/$&": no space left on device',
  ],
  [
    new Error("Address already in use (os error 98)"),
    "address already in use",
  ],
  [
    new Error(
      'Requires all access to "/proc/x", run again with the --allow-all flag',
    ),
    'Cannot use "/proc/x": Deno lets a task neither read nor write there',
  ],
  [
    new Error(
      'Requires write access to "/x", run again with the --allow-write flag',
    ),
    'Cannot use "/x": the task has no permission to write it',
  ],
])("describeError() says of %s: %s", (error, expected) => {
  assertEquals(describeError(error), expected);
});

Deno.test("describeError() says in our words what a system refuses", async () => {
  const path = new URL("./words_test.ts/x", import.meta.url).pathname;
  const error = await Deno.mkdir(path).catch((error) => error);
  assertEquals(
    describeError(error).startsWith(`Cannot write "${path}": `),
    true,
  );
});
