import { assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { tempDir } from "../support/temp_dir.ts";
import { placeLines, runDemo } from "./pictures.ts";

const README = fromFileUrl(new URL("../../README.md", import.meta.url));

Deno.test("the README has the lines that the demo prints: deno task docs:pictures", async () => {
  await using directory = await tempDir();
  const { lines } = await runDemo(directory.path);
  const readme = await Deno.readTextFile(README);
  assertEquals(readme, placeLines(readme, lines));
});
