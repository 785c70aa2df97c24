import { assertEquals, assertRejects } from "@std/assert";
import { runChecked } from "../../../tasks/build/run_checked.ts";

Deno.test("runChecked() returns what a program prints, or throws what it says", async () => {
  const sh = (script: string) => runChecked("sh", ["-c", script]);
  assertEquals(await sh("echo out; echo err >&2"), "out\n");
  await assertRejects(
    () => sh("echo out; echo why >&2; exit 3"),
    Error,
    'Cannot run "sh -c": why',
  );
});
