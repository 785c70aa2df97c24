import { assertEquals, assertThrows } from "@std/assert";
import { ConfigError } from "../../pipeline/errors.ts";
import {
  encodeKey,
  formatLocation,
  isAddressable,
  isLocation,
  locate,
  parseLocation,
} from "../../pipeline/s3/location.ts";

Deno.test.each([
  ["s3://photos", "photos", "", "s3://photos"],
  ["s3://photos/", "photos", "", "s3://photos"],
  ["s3://a.b-c/x/y/", "a.b-c", "x/y", "s3://a.b-c/x/y"],
  ["s3://photos//ü %20+/..x", "photos", "ü %20+/..x", "s3://photos/ü %20+/..x"],
])("parseLocation() reads %s", (text, bucket, key, written) => {
  assertEquals(isLocation(text), true);
  assertEquals(parseLocation(text, "data"), { bucket, key });
  assertEquals(formatLocation({ bucket, key }), written);
});

Deno.test.each([
  [
    "s3://",
    'Cannot use --work as it must be s3://bucket/prefix: current value is "s3://"',
  ],
  [
    "s3:///a",
    'Cannot use --work as it must be s3://bucket/prefix: current value is "s3:///a"',
  ],
  [
    "s3://key:secret@photos/a",
    "Cannot use --work as a location has no credentials in it: they come from the environment or ~/.aws",
  ],
  [
    "s3://photos/a/../b",
    'Cannot use --work as a key has no "." or ".." between slashes: current value is "s3://photos/a/../b"',
  ],
])("parseLocation() refuses %s", (text, message) => {
  const error = assertThrows(() => parseLocation(text, "work"), ConfigError);
  assertEquals([error.message, error.setting], [message, "work"]);
});

Deno.test.each<[string, string, string | undefined]>([
  ["a", "x.jpg", "a/x.jpg"],
  ["", "x.jpg", "x.jpg"],
  ["a/b", "../c/./x.jpg", "a/c/x.jpg"],
  ["a", "", "a"],
  ["a", "../x", "x"],
  ["a", "../../x", undefined],
  ["", "..", undefined],
  ["a", "b//x", "a/b//x"],
  ["a", "nul\0", undefined],
  ["a", "half a pair \ud800", undefined],
])("locate() takes %j and %j to %j", (key, path, expected) => {
  const found = locate({ bucket: "photos", key }, path);
  assertEquals(found, expected && { bucket: "photos", key: expected });
});

Deno.test("locate() takes a location as it stands, in another bucket too", () => {
  const root = { bucket: "photos", key: "a" };
  assertEquals(locate(root, "s3://other/b/x"), { bucket: "other", key: "b/x" });
  assertEquals(locate(root, "s3://other/../photos/x"), undefined);
  assertEquals(locate(root, "s3://a b/x"), undefined);
});

Deno.test("encodeKey() and isAddressable() keep a key from leading elsewhere", () => {
  assertEquals(encodeKey("a b/c+d?e#f%"), "a%20b/c%2Bd%3Fe%23f%25");
  assertEquals(isAddressable("a/..b/c."), true);
  assertEquals(isAddressable("a/../b"), false);
  assertEquals(isAddressable("./a"), false);
});
