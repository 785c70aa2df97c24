import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { renderComparison } from "../../../pipeline/report/compare_page/page.ts";
import { SHOWN_PHOTOS } from "../../../pipeline/report/compare_page/photos.ts";
import {
  compareRuns,
  type RunInput,
} from "../../../pipeline/report/comparison/compare_runs.ts";
import { type Brief, tableOf } from "../comparison/support.ts";

/** Class names that would break a page: markup, quotes, text from right to left, and length. */
const HOSTILE = [
  "</b><script>alert(1)</script>",
  "\"'`&",
  "\u202eabc",
  "x".repeat(300),
];

/** A run. */
function runOf(
  name: string,
  briefs: readonly Brief[],
  options: Partial<Pick<RunInput, "settings">> & { classNames?: string[] } = {},
): RunInput {
  const { settings = {}, classNames } = options;
  const table = tableOf(briefs, classNames);
  return { name, table, settings };
}

/** The page of some runs, with a picture of the photo whose record is 10. */
function pageOf(...runs: RunInput[]): string {
  return pageWith(new Map([[10, Uint8Array.of(0xff, 0xd8)]]), runs);
}

/** The page of some runs, with some pictures. */
function pageWith(
  thumbnails: Map<number, Uint8Array>,
  runs: RunInput[],
): string {
  const comparison = compareRuns(runs, "test")!;
  return renderComparison(comparison, { thumbnails, thumbnailSide: 96 });
}

/** Text of a page without its markup and styles, blanks made one. */
function textOf(page: string): string {
  return page.replace(/<style>[^]*?<\/style>/g, "").replace(/<[^>]*>/g, "")
    .replace(/\s+/g, " ");
}

Deno.test("renderComparison() shows numbers, verdict, photos and settings", () => {
  const page = pageOf(
    runOf("one", [[1, "a", "a"], [2, "b", "a"], [3, "c", "c"]], {
      settings: { epochs: 60, data: null, same: 1 },
    }),
    runOf("two", [[1, "a", "b", 0.5], [2, "b", "c", 0.5], [3, "c", "c"]], {
      settings: { epochs: 70, data: "/a\nb", same: 1 },
    }),
  );
  const text = textOf(page);
  assertStringIncludes(
    text,
    "Split test, 3 photos that every run was evaluated on two beside one",
  );
  assertStringIncludes(
    text,
    "Top-1 accuracy95 % interval66.7 %9.4 % to 99.2 %33.3 % −33.3",
  );
  assertStringIncludes(
    text,
    "Verdict: no difference beyond chance (p = 1.0).",
  );
  assertStringIncludes(text, "Right before, wrong now: 1 photo");
  assertStringIncludes(text, "Wrong in both, as different classes: 1 photo");
  assert(!text.includes("Wrong before, right now"));
  assertStringIncludes(text, "epochs6070datanot given/a\\u{a}b");
  assert(!text.includes("same"));
  assertStringIncludes(
    page,
    '<image id="t10" width="96" height="96"\nhref="data:image/jpeg;base64,/9g="',
  );
  assertEquals(page.match(/class="thumb" aria-hidden/g)?.length, 1);
  assertEquals(page.match(/<h1 /g)?.length, 1);
  assert(!text.includes("There are no pictures"));
});

Deno.test("renderComparison() says that there are no pictures where some would be", () => {
  const [one, same, other] = [["one", "a"], ["two", "a"], ["two", "b"]]
    .map(([name, predicted]) => runOf(name!, [[1, "a", predicted!]]));
  const note = "There are no pictures: the tensors of the first run cannot be";
  const text = (run: RunInput) => textOf(pageWith(new Map(), [one!, run]));
  assertStringIncludes(text(other!), note);
  assert(!text(same!).includes(note));
});

Deno.test("renderComparison() gives equal text for equal runs, and says that they are", () => {
  const run = () => runOf("one", [[1, "a", "a"]]);
  const two = () => runOf("two", [[1, "a", "a"]]);
  const page = pageOf(run(), two());
  assertEquals(pageOf(run(), two()), page);
  const text = textOf(page);
  assertStringIncludes(text, "two and one have the same photos right");
  assertStringIncludes(text, "Both runs give every photo the same class.");
  assertStringIncludes(text, "All settings are the same.");
});

Deno.test("renderComparison() has a section a pair, and says how p is judged", () => {
  const runs = ["one", "two", "three"].map((name) =>
    runOf(name, [[1, "a", "a"]])
  );
  const text = textOf(pageOf(...runs));
  assertStringIncludes(text, "two and three beside one");
  assertStringIncludes(
    text,
    "three beside one: three and one have the same photos right.",
  );
  assertStringIncludes(
    text,
    "Below 0.025 it is more than chance: 0.05, shared by 2 pairs.",
  );
});

Deno.test("renderComparison() names what is not compared", () => {
  const many = Array.from({ length: 102 }, (_, i): Brief => [i + 2, "a", "a"]);
  const text = textOf(pageOf(
    runOf("one", [[1, "a", "a"], ...many]),
    runOf("two", [[1, "d", "a", 0.5, "moved.jpg"]], {
      classNames: ["a", "d"],
    }),
  ));
  assertStringIncludes(
    text,
    "102 photos of one not compared: not every run has them",
  );
  assertStringIncludes(text, "and 2 more");
  assertStringIncludes(
    text,
    "1 photo of two with another path: the bytes are the same.",
  );
  assertStringIncludes(text, "Classes of one alone: b, c.");
  assertStringIncludes(text, "Classes of two alone: d.");
  assertStringIncludes(
    text,
    "1 photo of another class in two: each run is judged by its own classes.",
  );
  assertStringIncludes(text, "a, now d");
});

Deno.test("renderComparison() shows the photos of which the other run is surest", () => {
  const photos = Array.from({ length: 60 }, (_, i) => i + 1);
  const page = pageOf(
    runOf("one", photos.map((photo): Brief => [photo, "a", "a"])),
    runOf("two", photos.map((photo): Brief => [photo, "a", "b", photo / 100])),
  );
  assertEquals(page.match(/<li\s+class="photo">/g)?.length, SHOWN_PHOTOS);
  assertStringIncludes(
    textOf(page),
    "The 48 of which the other run is surest; deno task compare --json lists 60.",
  );
  assert(page.includes("60.jpg") && !page.includes(">1.jpg"));
});

Deno.test("renderComparison() lets no name become markup", () => {
  const [markup, quotes, turned, long] = HOSTILE as [
    string,
    string,
    string,
    string,
  ];
  const classNames = { classNames: HOSTILE };
  const page = pageOf(
    runOf("one", [
      [1, markup, markup, 0.5, `${markup}.jpg`],
      [2, quotes, turned, 0.5, `${quotes}.jpg`],
      [3, long, quotes],
    ], classNames),
    runOf("two", [
      [1, markup, quotes, 0.5, `${markup}.jpg`],
      [2, quotes, quotes, 0.5, `${quotes}.jpg`],
      [3, long, markup],
    ], classNames),
  );
  assert(!page.includes("<script"));
  assert(!page.includes("\u202e"));
  assertStringIncludes(page, "\\u{202e}abc");
  assertStringIncludes(
    page,
    "&lt;script&gt;alert(1)&lt;</bdi>/<bdi>script&gt;.jpg",
  );
  assertStringIncludes(page, "<bdi>&quot;&#39;`&amp;.jpg</bdi>");
  assertStringIncludes(page, "default-src &#39;none&#39;");
});
