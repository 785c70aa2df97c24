import { assert, assertLessOrEqual } from "@std/assert";
import { PYTORCH_LOADER } from "../../pipeline/export/pytorch_loader.ts";
import { readText } from "../docs/pages.ts";

Deno.test("the page of exports shows the loader that comes with safetensors", async () => {
  const page = await readText("docs/exporting.md");
  assert(page.includes("```python\n" + PYTORCH_LOADER + "```"));
  assertLessOrEqual(PYTORCH_LOADER.split("\n").length, 75);
});
