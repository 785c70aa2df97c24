/** Tables of numbers and of facts. */

import { type Html, html } from "./html.ts";

export interface TableRow {
  title: Html | string;
  /** The cells: text, or a whole `<td>`. */
  cells: readonly (Html | string)[];
  isChosen?: boolean | undefined;
}

/** Content of a table. */
interface TableParts {
  /** Identifies the caption on the page. */
  id: string;
  /** Numbers stand at the right of their column, facts at the left. */
  kind: "numbers" | "facts";
  caption: Html | string;
  /** Titles of the columns; the first is that of the rows, and may be empty. */
  columns: readonly (Html | string)[];
  rows: readonly TableRow[];
}

function renderRow({ title, cells, isChosen }: TableRow): Html {
  const values = cells.map((cell) =>
    typeof cell === "string" ? html`<td>${cell}</td>` : cell
  );
  return html`
    <tr class="${isChosen
      ? "chosen"
      : ""}"><th scope="row">${title}</th>${values}</tr>
  `;
}

/** Renders a table, in a box that scrolls where the screen is too narrow. */
export function renderTable(parts: TableParts): Html {
  const { id, kind, caption, columns, rows } = parts;
  const titles = columns.map((title) =>
    title === "" ? html`<td></td>` : html`<th scope="col">${title}</th>`
  );
  return html`
    <div class="scroll" tabindex="0" role="region" aria-labelledby="${id}">
      <table class="${kind}">
        <caption id="${id}">${caption}</caption>
        <thead>
          <tr>${titles}</tr>
        </thead>
        <tbody>
    ${rows.map(renderRow)}</tbody>
      </table>
    </div>
  `;
}
