import { assertEquals, assertStringIncludes } from "@std/assert";
import { renderDocument } from "../../../pipeline/report/page/document.ts";
import { html } from "../../../pipeline/report/page/html.ts";

Deno.test("renderDocument() keeps a script from ending its element", () => {
  const page = renderDocument({
    title: "a < b",
    body: html`<main></main>`,
    scripts: ["x = '</script>'"],
    styles: ["a { color: red }"],
  });
  assertStringIncludes(page, "<title>a &lt; b</title>");
  assertStringIncludes(page, "<style>a { color: red }</style>");
  assertStringIncludes(page, "<script>x = '<\\/script>'</script>");
  assertEquals(page.match(/<\/script>/g)?.length, 1);
});
