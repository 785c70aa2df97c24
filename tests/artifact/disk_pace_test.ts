import { assertEquals, assertThrows } from "@std/assert";
import { DiskPace } from "../../pipeline/artifact/disk_pace.ts";

/** Takes the time of lookups that take so many milliseconds each. */
function paceOf(times: readonly number[]): DiskPace {
  const { now } = performance;
  let ms = 0;
  performance.now = () => ms;
  try {
    const pace = new DiskPace();
    for (const time of times) assertEquals(pace.measure(() => ms += time), ms);
    return pace;
  } finally {
    performance.now = now;
  }
}

Deno.test.each(
  [
    ["before the first lookup", [], false],
    ["if one lookup waits", [29], false],
    ["if all wait", Array(61).fill(0.5), true],
    ["if a few wait at first", [16, 16], true],
    ["if few of many wait", [...Array(256).fill(0.003), 16, 16], false],
  ] as const,
)("DiskPace knows %s how quick a disk is", (_, times, isSlow) => {
  assertEquals(paceOf(times).isSlow, isSlow);
});

Deno.test("DiskPace takes the time of a lookup that fails", () => {
  const pace = new DiskPace();
  const fail = () => {
    throw new Deno.errors.NotFound("gone");
  };
  assertThrows(() => pace.measure(fail), Deno.errors.NotFound, "gone");
  assertEquals(pace.isSlow, false);
});
