import { assertEquals } from "@std/assert";
import type { Finding } from "../../pipeline/findings/finding.ts";
import { groupFindings } from "../../pipeline/report/finding_groups.ts";

/** Findings of two kinds in turns, with rising scores. */
function makeFindings(count: number): Finding[] {
  return Array.from({ length: count }, (_, i): Finding => ({
    kind: i % 2 ? "label" : "copy",
    photos: [],
    score: i,
    message: `${i}`,
  }));
}

Deno.test("groupFindings() keeps the strongest of each kind, and counts all", async () => {
  const groups = await groupFindings(makeFindings(60), { copies: 5000 });
  assertEquals(
    groups.map(({ kind, total, listed, strongest }) => [
      kind,
      total,
      listed,
      strongest.length,
      strongest[0]!.score,
    ]),
    [["copy", 5000, 30, 24, 58], ["label", 30, 30, 24, 59]],
  );
  assertEquals(await groupFindings([], {}), []);
});

Deno.test("groupFindings() keeps what is across splits before what has a higher score", async () => {
  const across: Finding = {
    kind: "copy",
    photos: [],
    score: 2,
    message: "across",
    acrossSplits: true,
  };
  const [group] = await groupFindings([...makeFindings(60), across], {});
  assertEquals(group!.strongest[0], across);
});
