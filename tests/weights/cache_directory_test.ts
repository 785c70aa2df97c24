import { assertEquals, assertThrows } from "@std/assert";
import { cacheDirectory } from "../../pipeline/weights/cache_directory.ts";
import { ConfigError } from "../../pipeline/errors.ts";

const HOME = { HOME: "/home/ada" };
const LOCAL = "C:\\Users\\ada\\AppData\\Local";

Deno.test.each<[string, Record<string, string>, string]>([
  ["linux", HOME, "/home/ada/.cache/headstart"],
  ["linux", { ...HOME, XDG_CACHE_HOME: "/big/cache/" }, "/big/cache/headstart"],
  ["linux", { ...HOME, XDG_CACHE_HOME: "" }, "/home/ada/.cache/headstart"],
  ["linux", { ...HOME, XDG_CACHE_HOME: "cache" }, "/home/ada/.cache/headstart"],
  ["linux", { HOME: "/" }, "/.cache/headstart"],
  ["darwin", { HOME: "/Users/ada" }, "/Users/ada/Library/Caches/headstart"],
  ["darwin", { ...HOME, XDG_CACHE_HOME: "/x" }, "/x/headstart"],
  ["windows", { LOCALAPPDATA: LOCAL }, `${LOCAL}\\headstart`],
  ["windows", { USERPROFILE: "C:\\Users\\ada" }, `${LOCAL}\\headstart`],
])("cacheDirectory() on %s with %o is %s", (os, env, expected) => {
  assertEquals(cacheDirectory(new Map(Object.entries(env)), os), expected);
});

Deno.test.each([
  ["linux", "HOME"],
  ["windows", "LOCALAPPDATA"],
])("cacheDirectory() throws on %s without %s", (os, name) => {
  assertThrows(
    () => cacheDirectory(new Map(), os),
    ConfigError,
    `Cannot choose a cache folder as ${name} is not set`,
  );
});
