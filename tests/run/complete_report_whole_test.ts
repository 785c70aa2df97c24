import { tempDir } from "../support/temp_dir.ts";
import { copyFew } from "../support/few_photos.ts";
import { fromFileUrl } from "@std/path";
import { FIXTURES } from "../support/fixtures.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { evaluate, prepare, status, train } from "../../mod.ts";
import { FINDING_KINDS } from "../../pipeline/findings/finding.ts";
import { QUICK, type TestWorkspace, testWorkspace } from "./support.ts";

/** Takes the table of times out of a page: runs that share stages share no times. */
function withoutTimes(page: string): string {
  return page.replace(/<div [^>]*"times">.*?<\/div>/s, "");
}

/** Reads a page. */
async function readPage(workspace: TestWorkspace, path: string) {
  return new TextDecoder().decode((await workspace.store.read(path))!);
}

Deno.test("evaluate() writes a page with the facts of the run", async () => {
  await using workspace = await testWorkspace("evaluated");
  const { page, findings } = await evaluate(workspace);
  const text = await readPage(workspace, page!);
  const { default: project } = await import("../../deno.json", {
    with: { type: "json" },
  });
  for (
    const fact of [
      "1/8 of the width, trained on Tiny ImageNet; embedded",
      "718d1e2a3b283bcb5816c0cf26a5a2eaf973f5dda66a57bf414faf08c76acd1b",
      "seed: stretched to 32 x 32, nearest, EXIF orientation applied",
      project.version,
      Deno.version.deno,
      "<td><bdi>100</bdi></td>",
      "<bdi>val</bdi>/<bdi>brick</bdi>/<bdi>brick_20.jpg</bdi>",
    ]
  ) assertStringIncludes(text, fact);
  // Every photo of the 50 and of the strongest 24 of each kind of finding has a
  // thumbnail, and each is there once.
  const { list } = findings!;
  const found = FINDING_KINDS
    .flatMap((wanted) =>
      list.filter(({ kind }) => kind === wanted).slice(0, 24)
    )
    .flatMap(({ photos }) => photos)
    .filter(({ split }) => split !== "validation")
    .map(({ record }) => record);
  const thumbnails = text.match(/<image id="t\d+"/g);
  assertEquals(thumbnails?.length, 50 + new Set(found).size);
  assert(text.length < 500_000, String(text.length));
});

Deno.test("evaluate() makes the page again when only the name of the run differs", async () => {
  await using workspace = await testWorkspace("evaluated");
  const first = await evaluate(workspace);
  await prepare(workspace, { run: "other", settings: QUICK });
  await train(workspace, { run: "other" });
  const second = await evaluate(workspace, { run: "other" });
  assertEquals(first.directory, second.directory);
  const [one, other] = [
    await readPage(workspace, first.page!),
    await readPage(workspace, second.page!),
  ];
  assert(withoutTimes(one).length < one.length);
  assertEquals(
    withoutTimes(one).replaceAll("<bdi>default</bdi>", "<bdi>other</bdi>")
      .replace("run default", "run other"),
    withoutTimes(other),
  );
});

Deno.test("evaluate() writes no page when it is not wanted, and status() says that the old one is stale", async () => {
  await using workspace = await testWorkspace("trained");
  assertEquals((await evaluate(workspace, { report: false })).page, null);
  assertEquals((await status(workspace)).at(-1)!.state, "absent");
  await evaluate(workspace);
  assertEquals((await status(workspace)).at(-1)!.state, "complete");
  await evaluate(workspace, { report: false, split: "train" });
  const { state, reasons } = (await status(workspace)).at(-1)!;
  assertEquals([state, ...reasons], ["stale", "evaluation changed"]);
});

Deno.test("evaluate() makes only the page again when it is damaged", async () => {
  await using workspace = await testWorkspace("evaluated");
  const { page } = await evaluate(workspace);
  const before = await readPage(workspace, page!);
  await workspace.damage(page!);
  const { onEvent, events } = workspace;
  await evaluate(workspace, { onEvent, verify: true });
  const damaged = events.flatMap((event) =>
    event.type === "damaged" ? [event.path] : []
  );
  assertEquals(damaged, [page]);
  assertEquals(await readPage(workspace, page!), before);
});

Deno.test("the page names the folder of photos, and not where it is", async () => {
  await using workspace = await testWorkspace();
  await using folder = await tempDir();
  const data = folder.join("flowers");
  const photos = fromFileUrl(new URL("images/", FIXTURES));
  await copyFew(photos, data, { train: 4, val: 2 });
  await prepare(workspace, { settings: { ...QUICK, data } });
  await train(workspace);
  const { page } = await evaluate(workspace);
  const text = await readPage(workspace, page!);
  assertStringIncludes(text, "flowers");
  for (const place of [folder.path, workspace.root]) {
    assert(!text.includes(place), place);
  }
});
