import { assertAlmostEquals, assertEquals } from "@std/assert";
import {
  type BackendName,
  type Finding,
  FINDINGS,
  openRun,
} from "../../mod.ts";
import { testWorkspace } from "../run/support.ts";
import { BACKENDS } from "./support.ts";

/** Findings of the embedded photos, by an engine; the embeddings are by `cpu`. */
async function findBy(engine: BackendName): Promise<Finding[]> {
  await using workspace = await testWorkspace("trained");
  const run = await openRun(workspace, { settings: { engine } });
  const { streamFindings } = await run.complete(FINDINGS);
  return await Array.fromAsync(streamFindings());
}

/** Findings by `wasm`, computed once. */
let byWasm: Promise<Finding[]> | undefined;

for (const { name, ignore } of BACKENDS) {
  if (name === "wasm") continue;
  Deno.test({
    name: `findings by ${name} are those by wasm, but for rounding`,
    ignore,
    async fn() {
      const found = await findBy(name);
      const expected = await (byWasm ??= findBy("wasm"));
      const told = (findings: readonly Finding[]) =>
        findings.map((finding) => ({ ...finding, score: 0 }));
      assertEquals(told(found), told(expected));
      found.forEach(({ score }, i) =>
        assertAlmostEquals(score, expected[i]!.score, 2e-4)
      );
    },
  });
}
