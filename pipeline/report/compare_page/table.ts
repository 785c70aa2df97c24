/**
 * Tables of the page of a comparison.
 *
 * @module
 */

import { type Html, html } from "../page/html.ts";

/** What a table holds. */
export interface TableParts {
  /** Identifies the caption on the page. */
  id: string;
  /** What the table shows. */
  caption: Html | string;
  /** Titles of the columns; the first is that of the rows, and may be empty. */
  columns: readonly (Html | string)[];
  /** Rows: the title of each, and its cells, each a `<td>`. */
  rows: readonly { title: Html | string; cells: readonly Html[] }[];
}

/**
 * Renders a table, in a box that scrolls where the screen is too narrow.
 *
 * @param parts What it holds.
 * @returns The table.
 */
export function renderTable(parts: TableParts): Html {
  const { id, caption, columns, rows } = parts;
  const titles = columns.map((title) =>
    title === "" ? html`<td></td>` : html`<th scope="col">${title}</th>`
  );
  return html`
    <div class="wide" tabindex="0" role="region" aria-labelledby="${id}">
      <table>
        <caption id="${id}"><span>${caption}</span></caption>
        <thead>
          <tr>${titles}</tr>
        </thead>
        <tbody>
          ${rows.map(({ title, cells }) =>
            html`<tr><th scope="row">${title}</th>${cells}</tr>`
          )}
        </tbody>
      </table>
    </div>
  `;
}
