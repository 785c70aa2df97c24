/**
 * Links of the pages: every file and every heading that one leads to exists.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { walkFiles } from "../support/walk_files.ts";
import { type Page, readPages, ROOT, withoutBlocks } from "./pages.ts";

const PAGES = await readPages();

/** The anchors of the headings of a page, as GitHub makes them. */
function anchorsOf(text: string): string[] {
  const seen = new Map<string, number>();
  return [...withoutBlocks(text).matchAll(/^#{1,6} (.+)$/gm)].map(
    ([, heading]) => {
      const slug = heading!.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
        .toLowerCase().replace(/[^\p{L}\p{N}\p{M}_ -]/gu, "")
        .replaceAll(" ", "-");
      const before = seen.get(slug) ?? 0;
      seen.set(slug, before + 1);
      return before === 0 ? slug : `${slug}-${before}`;
    },
  );
}

/** The targets of the links and images of a page. */
function linksOf(text: string): string[] {
  const prose = withoutBlocks(text).replace(/`[^`\n]*`/g, "");
  return [...prose.matchAll(/\]\(([^)\s]+)[^)]*\)/g)].map(([, to]) => to!);
}

/** Says what is wrong with a link; nothing if it leads somewhere. */
async function findFault(
  from: Page,
  link: string,
): Promise<string | undefined> {
  if (/^https?:/.test(link)) return undefined;
  const [file = "", anchor] = link.split("#");
  const path = file === "" ? from.path : join(from.path, "..", file);
  const info = await Deno.stat(join(ROOT, path)).catch(() => undefined);
  if (info === undefined) return `${from.path}: there is no ${path}`;
  if (anchor === undefined) return undefined;
  const target = PAGES.find((page) => page.path === path);
  return target && anchorsOf(target.text).includes(anchor)
    ? undefined
    : `${from.path}: ${path} has no heading #${anchor}`;
}

Deno.test("every link of a page leads to a file and a heading that exist", async () => {
  const faults = await Promise.all(
    PAGES.flatMap((page) =>
      linksOf(page.text).map((link) => findFault(page, link))
    ),
  );
  assertEquals(faults.filter(Boolean), []);
});

Deno.test("every page of docs/ is linked from its index and from the README", () => {
  const pages = PAGES.map(({ path }) => path)
    .filter((path) => /^docs\/[^/]+\.md$/.test(path))
    .filter((path) => path !== "docs/README.md");
  const linked = (from: string, prefix: string) => {
    const { text } = PAGES.find(({ path }) => path === from)!;
    const links = linksOf(text).map((link) => prefix + link.split("#")[0]);
    return pages.filter((path) => !links.includes(path));
  };
  assertEquals(linked("docs/README.md", "docs/"), []);
  assertEquals(linked("README.md", ""), []);
});

Deno.test("every file of the project that a page names exists", async () => {
  const files: string[] = [];
  for (
    const folder of ["deploy", "pipeline", "tasks", "tests", "web", "fixtures"]
  ) {
    for await (const path of walkFiles(join(ROOT, folder))) {
      files.push(`/${folder}/${path}`);
    }
  }
  const missing = PAGES.flatMap(({ path, text }) =>
    [...text.matchAll(/`([\w.-]+\/[\w./-]+\.(?:ts|wat|py|sh))`/g)]
      .map(([, name]) => name!)
      .filter((name) => !files.some((file) => file.endsWith(`/${name}`)))
      .map((name) => `${path}: ${name}`)
  );
  assertEquals(missing, []);
});

Deno.test("anchorsOf() makes the anchors of GitHub", () => {
  assertEquals(
    anchorsOf("# A `b`, [c](d.md) e!\n\n```\n# code\n```\n## f\n## f\n"),
    ["a-b-c-e", "f", "f-1"],
  );
});
