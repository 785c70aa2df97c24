import { assertEquals } from "@std/assert";
import { listCopies } from "../../pipeline/findings/copies.ts";

Deno.test("listCopies() groups what has the same bytes, and says where it is", () => {
  const images = Int32Array.of(0, 1, 0, 2, 1, 1, 3, 3);
  const firsts = Int32Array.of(0, 1, 3, 6);
  const splits = Uint8Array.of(0, 0, 0, 0, 0, 1, 1, 1);
  const labels = Int32Array.of(0, 1, 0, 2, 1, 1, 0, 1);
  const groups = [...listCopies({ images, firsts }, { splits, labels })];
  assertEquals(groups, [
    { samples: [0, 2], acrossSplits: false, acrossClasses: false },
    { samples: [1, 4, 5], acrossSplits: true, acrossClasses: false },
    { samples: [6, 7], acrossSplits: false, acrossClasses: true },
  ]);
});

Deno.test("listCopies() has none where every photo is another one", () => {
  const images = Int32Array.of(0, 1);
  const of = { splits: new Uint8Array(2), labels: new Int32Array(2) };
  assertEquals([...listCopies({ images, firsts: images }, of)], []);
});
