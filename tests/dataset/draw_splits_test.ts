import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { Sha256 } from "../../pipeline/artifact/sha256.ts";
import { drawSplits } from "../../pipeline/dataset/draw_splits.ts";
import type { ImageRecord } from "../../pipeline/dataset/image_record.ts";
import { ImageRecords } from "../../pipeline/dataset/image_records.ts";
import type { HoldOut } from "../../pipeline/dataset/split.ts";

/** A record of a class; the content decides the digest. */
function record(label: number, content: string): ImageRecord {
  const bytes = new TextEncoder().encode(content);
  const digest = new Sha256().update(bytes).hex();
  const size = { sizeBytes: 1, width: 8, height: 8 };
  return {
    path: `${label}/${content}`,
    digest,
    ...size,
    label,
    split: "train",
  };
}

/** As many different records of a class. */
function photos(count: number, label: number): ImageRecord[] {
  return Array.from(
    { length: count },
    (_, i) => record(label, `${label} ${i}`),
  );
}

/** Draws the splits of records, by path. */
function draw(
  records: readonly ImageRecord[],
  holdOut: HoldOut,
  seed = 0,
): Map<string, string> {
  const all = new ImageRecords(records);
  const splitOf = drawSplits(all, { holdOut, seed, isDrawn: () => true });
  return new Map(records.map(({ path }, row) => [path, splitOf(row)]));
}

/** Counts test, validation and train of each class. */
function count(splits: Map<string, string>, label: number): number[] {
  const own = [...splits].filter(([path]) => path.startsWith(`${label}/`));
  return ["test", "validation", "train"]
    .map((split) => own.filter(([, s]) => s === split).length);
}

Deno.test.each<[number, HoldOut, number[]]>([
  [20, { validation: 0.2, test: 0 }, [0, 4, 16]],
  [60, { validation: 0.2, test: 0 }, [0, 12, 48]],
  [60, { validation: 0.2, test: 0.1 }, [6, 12, 42]],
  [7, { validation: 0.2, test: 0 }, [0, 1, 6]],
  [2, { validation: 0.2, test: 0 }, [0, 0, 2]],
  [1, { validation: 0.5, test: 0.4 }, [0, 0, 1]],
  [2, { validation: 0.5, test: 0.49 }, [1, 0, 1]],
  [20, { validation: 0, test: 0 }, [0, 0, 20]],
])(
  "drawSplits() of %s photos a class by %j gives %j",
  (n, holdOut, expected) => {
    const splits = draw([...photos(n, 0), ...photos(n, 1)], holdOut);
    assertEquals(count(splits, 0), expected);
    assertEquals(count(splits, 1), expected);
  },
);

Deno.test("drawSplits() depends on the seed, and on nothing else", () => {
  const all = [...photos(40, 0), ...photos(40, 1)];
  const holdOut = { validation: 0.2, test: 0.1 };
  const one = draw(all, holdOut, 1);
  assertEquals(draw(all.toReversed(), holdOut, 1), new Map([...one].reverse()));
  assertNotEquals(draw(all, holdOut, 2), one);
  assertEquals(count(draw(all, holdOut, 2), 0), count(one, 0));
});

Deno.test("a photo that is added moves one of its class at most across each bound", () => {
  const holdOut = { validation: 0.2, test: 0.1 };
  const others = photos(30, 1);
  const order = ["test", "validation", "train"];
  let moved = 0;
  for (let n = 5; n < 105; n++) {
    const before = draw([...photos(n, 0), ...others], holdOut);
    const after = draw([...photos(n + 1, 0), ...others], holdOut);
    const crossed = [0, 0];
    for (const [path, split] of before) {
      const [from, to] = [split, after.get(path)!].map((s) => order.indexOf(s));
      if (from !== to) assert(path.startsWith("0/"), path);
      for (let i = Math.min(from!, to!); i < Math.max(from!, to!); i++) {
        crossed[i]!++;
      }
    }
    assert(crossed.every((photos) => photos <= 1), `${n}: ${crossed}`);
    moved += crossed[0]! + crossed[1]!;
  }
  // A bound moves if a share grows, or a photo comes before it, but not both:
  // 100 * 2 * (0.3 * 0.7 + 0.1 * 0.9) is 60.
  assertEquals(moved, 64);
});

Deno.test("drawSplits() keeps copies together, within a class and across classes", () => {
  const copies = Array.from({ length: 4 }, (_, i) => ({
    ...record(0, "same"),
    path: `0/copy ${i}`,
  }));
  const other = { ...record(0, "same"), path: "1/copy", label: 1 };
  const all = [...photos(16, 0), ...copies, other, ...photos(19, 1)];
  for (let seed = 0; seed < 20; seed++) {
    const splits = draw(all, { validation: 0.2, test: 0.2 }, seed);
    const own = [...copies, other].map(({ path }) => splits.get(path));
    assertEquals(new Set(own).size, 1);
  }
});

Deno.test("drawSplits() leaves rows that are not drawn, and counts them in no share", () => {
  const held = photos(5, 2)
    .map((r): ImageRecord => ({ ...r, label: 0, split: "test" }));
  const all = new ImageRecords([...photos(10, 0), ...held]);
  const splitOf = drawSplits(all, {
    holdOut: { validation: 0.2, test: 0 },
    seed: 0,
    isDrawn: (row) => all.split(row) === "train",
  });
  const splits = Array.from({ length: 15 }, (_, row) => splitOf(row));
  assertEquals(splits.slice(10), Array(5).fill("test"));
  assertEquals(splits.filter((split) => split === "validation").length, 2);
});
