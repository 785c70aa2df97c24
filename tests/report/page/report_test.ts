import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { ReportData } from "../../../pipeline/report/page/data.ts";
import { renderReport } from "../../../pipeline/report/page/report.ts";
import { HOSTILE_NAMES, sampleReport } from "./sample.ts";

/** A small page. */
const SMALL = { classNames: ["cat", "dog", "cow"], photos: 60 };

const PAGE = await sampleReport(SMALL).then(renderReport);

/** Values of an attribute, in order. */
function attributes(page: string, name: string): string[] {
  return [...page.matchAll(new RegExp(` ${name}="([^"]*)"`, "g"))]
    .map(([, value]) => value!);
}

/** Everything on a page but what its scripts and styles say, and its pictures. */
function withoutCode(page: string): string {
  return page.replace(/<(script|style)>[^]*?<\/\1>/g, "")
    .replace(/base64,[^"]+/g, "");
}

Deno.test("renderReport() gives equal bytes for equal data", async () => {
  assertEquals(await renderReport(await sampleReport(SMALL)), PAGE);
});

Deno.test("renderReport() refers to what is on the page, by ids that are there once", () => {
  const text = withoutCode(PAGE);
  const ids = attributes(text, "id");
  assertEquals(new Set(ids).size, ids.length);
  const known = new Set(ids);
  const links = attributes(text, "href").filter((href) => href.startsWith("#"));
  const wanted = [
    ...links.map((href) => href.slice(1)),
    ...["popovertarget", "aria-labelledby", "for"].flatMap((name) =>
      attributes(text, name)
    ),
  ];
  assert(wanted.length > 100);
  assertEquals(wanted.filter((id) => !known.has(id)), []);
  assertEquals(/NaN|undefined|\[object|\\n/.test(text), false);
});

Deno.test("renderReport() fetches nothing: every address is in the page", () => {
  const text = withoutCode(PAGE);
  const addresses = [...attributes(text, "href"), ...attributes(text, "src")];
  assertEquals(addresses.filter((url) => !/^(#|data:image\/)/.test(url)), []);
  assertEquals(/url\(|@import/.test(text), false);
});

Deno.test("renderReport() lets no name out of its place", async () => {
  const data = await sampleReport({
    classNames: HOSTILE_NAMES,
    photos: 100,
    path: (number, name) => `val/${name}/${number}.jpg`,
  });
  const page = await renderReport(data);
  assertEquals(page.match(/<script/g)?.length, 2);
  assertEquals(page.match(/<img/g), null);
  assertEquals(/[\p{Bidi_Control}]/u.test(page), false);
  assertStringIncludes(page, "&lt;script&gt;document.title");
});

Deno.test("renderReport() says so when there are no heatmaps, findings or mistakes", async () => {
  const bare = await sampleReport({
    ...SMALL,
    signal: 20,
    hasEvidence: false,
    hasFindings: false,
  });
  const page = await renderReport(bare);
  assertStringIncludes(page, "No photo of split validation is mistaken.");
  assertStringIncludes(
    page,
    "No heatmaps: the weight file of the backbone was not there; with it, the task eval adds them.",
  );
  assertStringIncludes(page, "The data was not searched");
  const nothing: ReportData = {
    ...bare,
    evidence: { items: [], maps: new Float32Array(0), height: 1, width: 1 },
    findings: [],
  };
  const empty = await renderReport(nothing);
  assertStringIncludes(empty, "No heatmaps: no photo was chosen for them.");
  assertStringIncludes(empty, "Nothing was found");
});
