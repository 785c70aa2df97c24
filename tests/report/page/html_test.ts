import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  html,
  raw,
  renderDocument,
} from "../../../pipeline/report/page/html.ts";

Deno.test("html() escapes text and keeps pieces of HTML", () => {
  const name = `<b title="x">'&`;
  assertEquals(
    html`<p class="${name}">${[name, html`<br>`, 3]}</p>`.text,
    `<p class="&lt;b title=&quot;x&quot;&gt;&#39;&amp;">&lt;b title=&quot;x&quot;&gt;&#39;&amp;<br>3</p>`,
  );
});

Deno.test("html() leaves out what is nothing, but not 0", () => {
  assertEquals(html`${null}${undefined}${false}${0}${""}`.text, "0");
});

Deno.test("html() does not mind how a template is indented", () => {
  const item = html`
    <li>${"a\n  b"}</li>
  `;
  const list = html`
    <ul>
      ${[item, item]}</ul>
  `;
  assertEquals(list.text, "<ul>\n<li>a\n  b</li><li>a\n  b</li></ul>");
});

Deno.test("raw() takes markup as it is", () => {
  assertEquals(html`<div>${raw("<svg/>")}</div>`.text, "<div><svg/></div>");
});

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

Deno.test("renderDocument() allows the scripts it is given, and no other", () => {
  const parts = { title: "a", body: html`<main></main>` };
  const policyOf = (page: string) =>
    /Content-Security-Policy" content="([^"]*)"/.exec(page)![1];
  const start =
    "default-src &#39;none&#39;; img-src data:; style-src &#39;unsafe-inline&#39;; script-src ";
  assertEquals(
    policyOf(
      renderDocument({ ...parts, firstScripts: ["1"], scripts: ["</"] }),
    ),
    // printf 1 | openssl dgst -sha256 -binary | base64; printf '<\\/' | …
    `${start}&#39;sha256-a4ayc/80/OGda4BO/1o/V0etpOqiLx1JwB5S3beHW0s=&#39; &#39;sha256-0tvX07ef4pFYYL3vfxFNYCH9l/9JGhlIt2rzMLzXK6A=&#39;`,
  );
  assertEquals(policyOf(renderDocument(parts)), `${start}&#39;none&#39;`);
});
