import { assertRejects } from "@std/assert";
import { readWorkspace, serve } from "../../mod.ts";

Deno.test("serve() refuses to serve no run", async () => {
  await assertRejects(
    () => serve(readWorkspace("nowhere"), { runs: [] }),
    RangeError,
    "Cannot serve without a run: runs is empty",
  );
});
