import { assertEquals } from "@std/assert";
import { defaultConfig } from "../../pipeline/config/config.ts";
import { lastName, namePlaces } from "../../pipeline/config/name_places.ts";

Deno.test.each([
  ["/home/ada/photos/flowers", "flowers"],
  ["/home/ada/flowers/", "flowers"],
  ["C:\\Users\\ada\\list.csv", "list.csv"],
  ["tiny", "tiny"],
  ["/", "/"],
])("lastName() of %s is %s", (path, name) => {
  assertEquals(lastName(path), name);
});

Deno.test("namePlaces() names photos and weights, and leaves the rest", () => {
  const config = { ...defaultConfig(), epochs: 7 };
  assertEquals(namePlaces(config), config);
  const own = { data: "/home/ada/flowers", backbone: "/home/ada/a.pth" };
  assertEquals(namePlaces({ ...config, ...own }), {
    ...config,
    data: "flowers",
    backbone: "a.pth",
  });
});
