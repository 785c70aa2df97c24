import { assertEquals } from "@std/assert";
import { inferno } from "../../pipeline/report/colour_map.ts";

Deno.test("inferno() equals matplotlib's at eighths", () => {
  // matplotlib.cm.inferno(i / 8) of Debian's 3.6.3.
  const expected = [
    [0, 0, 4],
    [33, 12, 74],
    [87, 16, 110],
    [138, 34, 106],
    [188, 55, 84],
    [228, 90, 49],
    [249, 142, 9],
    [249, 203, 53],
    [252, 255, 164],
  ];
  assertEquals(expected.map((_, i) => inferno(i / 8)), expected);
});

Deno.test("inferno() mixes between, and cuts off beyond", () => {
  assertEquals(inferno(1 / 16), [17, 6, 39]);
  assertEquals([inferno(-1), inferno(2)], [inferno(0), inferno(1)]);
});
