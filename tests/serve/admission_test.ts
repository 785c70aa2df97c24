import { assertEquals, assertThrows } from "@std/assert";
import { Admission } from "../../pipeline/serve/admission.ts";
import { ApiError } from "../../pipeline/serve/api_error.ts";

/** A queue of 100 photos whose requests have 10 s, and its clock. */
function open() {
  const clock = { ms: 0 };
  const limits = { queuedPhotos: 100, queuedBytes: 1000, requestMs: 10_000 };
  return { clock, admission: new Admission(limits, () => clock.ms) };
}

/** Takes photos, a request each, until there is no room; returns how many. */
function fill(admission: Admission): number {
  using stack = new DisposableStack();
  for (let count = 0;; count++) {
    try {
      stack.use(admission.enter()).takePhotos(1);
    } catch (error) {
      if (error instanceof ApiError && error.code === "busy") return count;
      throw error;
    }
  }
}

Deno.test("Admission takes as many photos as it may, and gives the room back", () => {
  const { admission } = open();
  assertEquals(fill(admission), 100);
  assertEquals(admission.photos, 0);
  assertEquals(fill(admission), 100);
});

Deno.test("Admission takes no more photos than half the time of a request is enough for", () => {
  const { admission, clock } = open();
  {
    using ticket = admission.enter();
    // Four photos in 1 s are 250 ms each: 20 of them take 5 s.
    ticket.takePhotos(4);
    clock.ms += 1000;
    ticket.noteAnswer();
  }
  assertEquals(fill(admission), 20);
  assertEquals([admission.photosIn(500), admission.photosIn(100)], [2, 1]);
  for (let i = 0; i < 100; i++) {
    using ticket = admission.enter();
    ticket.takePhotos(1);
    clock.ms += 10;
    ticket.noteAnswer();
  }
  assertEquals(fill(admission), 100);
});

Deno.test("Admission takes a request whole when nothing waits, however slow photos are", () => {
  const { admission, clock } = open();
  {
    using ticket = admission.enter();
    ticket.takePhotos(1);
    clock.ms += 60_000;
    ticket.noteAnswer();
  }
  using ticket = admission.enter();
  ticket.takePhotos(64);
  assertThrows(
    () => admission.enter(),
    ApiError,
    "Cannot take more photos as 64 wait already: try again later",
  );
});

Deno.test("Admission says how many photos the queue holds to who sends more than that", () => {
  const { admission } = open();
  using one = admission.enter();
  one.takePhotos(1);
  using ticket = admission.enter();
  const error = assertThrows(() => ticket.takePhotos(101), ApiError);
  assertEquals([error.status, error.code, error.message], [
    413,
    "too_many_photos",
    "Cannot take 101 photos at a time as the queue holds 100: send fewer",
  ]);
  assertThrows(() => ticket.takePhotos(100), ApiError, "1 wait already");
});
