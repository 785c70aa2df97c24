import { assertEquals } from "@std/assert";
import { listVersions } from "../../pipeline/run/plan.ts";

Deno.test("listVersions() lists what deno.json pins, and Deno", async () => {
  const path = new URL("../../deno.json", import.meta.url);
  const { version, imports } = JSON.parse(await Deno.readTextFile(path));
  const { headstart, deno, ...packages } = listVersions();
  assertEquals([headstart, deno], [version, Deno.version.deno]);
  for (const [name, pinned] of Object.entries(packages)) {
    assertEquals(imports[name], `npm:${name}@${pinned}`);
  }
  assertEquals(Object.keys(packages).length, 4);
});
