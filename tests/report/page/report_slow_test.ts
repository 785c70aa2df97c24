import { assert, assertMatch } from "@std/assert";
import { renderReport } from "../../../pipeline/report/page/report.ts";
import { THUMBNAIL_BYTES } from "../../../pipeline/report/photo_selection.ts";
import { sampleReport } from "./sample.ts";

Deno.test.each([
  [40, 4000],
  [1000, 2000],
])(
  "renderReport() stays below 4 MB when %s classes are confused",
  async (classes, photos) => {
    const classNames = Array.from(
      { length: classes },
      (_, i) => `a rather long name ${i}`,
    );
    const data = await sampleReport({ classNames, photos, signal: 0.5 });
    const page = await renderReport(data);
    // As if the thumbnails took all the bytes that they may.
    const shown = [...data.thumbnails.values()];
    const bytes = shown.reduce((sum, { length }) => sum + length, 0);
    assert(page.length + (THUMBNAIL_BYTES - bytes) * 4 / 3 < 4e6);
  },
);

Deno.test("renderReport() shows the classes that are confused most of a thousand", async () => {
  const classNames = Array.from({ length: 1000 }, (_, i) => `class ${i}`);
  const data = await sampleReport({ classNames, photos: 2000 });
  const page = await renderReport(data);
  assertMatch(page, /the 2[34] of 1,000 classes that are confused most/);
});
