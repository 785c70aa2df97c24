import { assertEquals } from "@std/assert";
import { FIRST_SCRIPT, SCRIPT } from "../../../pipeline/report/page/script.ts";

Deno.test("the scripts can be parsed", () => {
  for (const script of [FIRST_SCRIPT, SCRIPT]) {
    assertEquals(typeof new Function(script), "function");
  }
});
