/**
 * Styles of the page of a comparison, beside those of all pages.
 *
 * @module
 */

/** The styles. */
export const COMPARE_STYLE = `
.verdict { font-weight: 600; }
td.right, td.wrong { font-weight: 600; }
.same { color: var(--muted); }
tr small { display: block; white-space: normal; color: var(--muted); font-weight: 400; }
.beside th, .beside td, .beside caption { padding-inline: .6rem; }
.paths { columns: 18rem; margin-top: .5rem; }
.paths .path { padding: .1rem 0; }
@media print { .unmatched summary { display: block !important; list-style: none; color: var(--muted); } }
`;
