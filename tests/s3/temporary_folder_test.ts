import { assertEquals } from "@std/assert";
import { temporaryFolder } from "../../pipeline/s3/temporary_folder.ts";

Deno.test.each<[string, Record<string, string>, string]>([
  ["linux", {}, "/tmp"],
  ["linux", { TMPDIR: "/scratch", TMP: "/other" }, "/scratch"],
  ["darwin", { TMPDIR: "" }, "/tmp"],
  ["windows", { TEMP: "D:\\t", TMPDIR: "/scratch" }, "D:\\t"],
  ["windows", {}, "C:\\Windows\\Temp"],
])("temporaryFolder() on %s with %j is %s", (os, env, expected) => {
  const get = (name: string) => env[name];
  assertEquals(temporaryFolder({ get }, os), expected);
});

Deno.test("temporaryFolder() does without variables that may not be read", () => {
  const get = () => {
    throw new Deno.errors.NotCapable();
  };
  assertEquals(temporaryFolder({ get }, "linux"), "/tmp");
});
