import { assertEquals } from "@std/assert";
import type { Finding } from "../../pipeline/findings/finding.ts";
import { groupFindings } from "../../pipeline/report/finding_groups.ts";

Deno.test("groupFindings() keeps the strongest of each kind, and counts all", async () => {
  const findings = Array.from({ length: 60 }, (_, i): Finding => ({
    kind: i % 2 ? "label" : "copy",
    photos: [],
    score: i,
    message: `${i}`,
  }));
  const groups = await groupFindings(findings);
  assertEquals(
    groups.map(({ kind, total, strongest }) => [
      kind,
      total,
      strongest.length,
      strongest[0]!.score,
    ]),
    [["copy", 30, 24, 58], ["label", 30, 24, 59]],
  );
  assertEquals(await groupFindings([]), []);
});
