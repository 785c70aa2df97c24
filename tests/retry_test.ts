import { assert, assertEquals, assertRejects } from "@std/assert";
import { backoffMs, retryAfterMs, sleep } from "../pipeline/retry.ts";

const NOW = Date.UTC(2030, 0, 1);

Deno.test.each<[string | null, number]>([
  [null, 0],
  ["", 0],
  ["0", 0],
  ["12", 12_000],
  ["3600", 60_000],
  ["-1", 0],
  ["soon", 0],
  ["Tue, 01 Jan 2030 00:00:05 GMT", 5000],
  ["Mon, 31 Dec 2029 23:59:59 GMT", 0],
  ["Wed, 02 Jan 2030 00:00:00 GMT", 60_000],
])("retryAfterMs() reads %s as %s", (header, expected) => {
  assertEquals(retryAfterMs(header, NOW), expected);
});

Deno.test.each([
  [1, 1000],
  [2, 2000],
  [5, 16_000],
  [6, 30_000],
  [9, 30_000],
])(
  "backoffMs() after %s failures is half of %s ms or more",
  (attempt, most) => {
    const pauses = Array.from({ length: 1000 }, () => backoffMs(attempt));
    const [least, longest] = [Math.min(...pauses), Math.max(...pauses)];
    assert(least > most / 2 && longest <= most, `${least} to ${longest}`);
    assert(longest - least > most / 4, `${least} to ${longest}`);
  },
);

Deno.test("sleep() ends by itself", async () => {
  await sleep(1, new AbortController().signal);
});

Deno.test("sleep() rejects when it is cancelled, before or while", async () => {
  const error = new Error("stop");
  await assertRejects(
    () => sleep(60_000, AbortSignal.abort(error)),
    Error,
    "stop",
  );
  const controller = new AbortController();
  const pause = sleep(60_000, controller.signal);
  controller.abort(error);
  await assertRejects(() => pause, Error, "stop");
});
