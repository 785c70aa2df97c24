import { assertEquals, assertThrows } from "@std/assert";
import { DiskPace } from "../../pipeline/artifact/disk_pace.ts";

/** Times of many lookups on a local disk, in milliseconds. */
const QUICK: readonly number[] = Array(256).fill(0.003);

/** Takes the time of lookups that take so many milliseconds and find the same each. */
function paceOf(times: readonly number[], found?: unknown): DiskPace {
  const { now } = performance;
  let ms = 0;
  performance.now = () => ms;
  try {
    const pace = new DiskPace();
    for (const time of times) {
      const look = () => {
        ms += time;
        return found;
      };
      assertEquals(pace.measure(look), found);
    }
    return pace;
  } finally {
    performance.now = now;
  }
}

Deno.test.each(
  [
    [false, "before the first lookup", []],
    [false, "if one lookup waits", [29]],
    [false, "if one of many waits now and then", [16, ...QUICK, 16]],
    [true, "if two of the first wait", [16, 16]],
    [true, "if all wait", Array(86).fill(0.5)],
    [true, "if a quick disk becomes slow", [...QUICK, ...QUICK, 16, 16]],
  ] as const,
)("DiskPace.isSlow is %s %s", (isSlow, _, times) => {
  assertEquals(paceOf(times).isSlow, isSlow);
});

Deno.test.each([[1, true], [300, false]] as const)(
  "DiskPace counts folders by their names: of %s each, isSlow is %s",
  (length, isSlow) => {
    const pace = paceOf(Array(100).fill(0.5), Array(length).fill("1.jpg"));
    assertEquals(pace.isSlow, isSlow);
  },
);

Deno.test("DiskPace takes the time of a lookup that fails", () => {
  const pace = new DiskPace();
  const fail = () => {
    throw new Deno.errors.NotFound("gone");
  };
  assertThrows(() => pace.measure(fail), Deno.errors.NotFound, "gone");
  assertEquals(pace.isSlow, false);
});
