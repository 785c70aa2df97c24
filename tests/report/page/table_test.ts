import { assertEquals } from "@std/assert";
import { html } from "../../../pipeline/report/page/html.ts";
import { renderTable } from "../../../pipeline/report/page/table.ts";

Deno.test("renderTable() names its box, escapes text and marks rows", () => {
  const { text } = renderTable({
    id: "t",
    kind: "facts",
    caption: "a < b",
    columns: ["", "x"],
    rows: [
      { title: "one", cells: ["<"], isChosen: true },
      { title: html`<b>two</b>`, cells: [html`<td class="right">2</td>`] },
    ],
  });
  assertEquals(
    text,
    `<div class="scroll" tabindex="0" role="region" aria-labelledby="t">
<table class="facts">
<caption id="t">a &lt; b</caption>
<thead>
<tr><td></td><th scope="col">x</th></tr>
</thead>
<tbody>
<tr class="chosen"><th scope="row">one</th><td>&lt;</td></tr><tr class=""><th scope="row"><b>two</b></th><td class="right">2</td></tr></tbody>
</table>
</div>`,
  );
});
