/**
 * Styles of the page of a comparison: light and dark, screen and paper, any width.
 *
 * Colours of text have a contrast of at least 4.5 to their ground.
 *
 * @module
 */

/** The styles. */
export const STYLES = `
:root {
  color-scheme: light dark;
  --ground: #fbfaf8; --panel: #fff; --text: #1d1f23; --muted: #5c616b;
  --line: #dcdad5; --accent: #1f5fa8; --good: #1a6b3c; --bad: #a8321f;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #16181c; --panel: #1e2126; --text: #e8e6e3; --muted: #a0a5af;
    --line: #363a42; --accent: #8ab8f0; --good: #7fcf9f; --bad: #f09a86;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--ground); color: var(--text);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere;
}
main { max-width: 70rem; margin: 0 auto; padding: 2rem clamp(1rem, 4vw, 3rem) 4rem; }
h1, h2, h3 { line-height: 1.2; text-wrap: balance; }
h1 { font-size: clamp(1.5rem, 4vw, 2.25rem); margin: 0 0 .5rem; }
h2 { font-size: 1.4rem; margin: 3rem 0 .5rem; padding-top: 1.5rem; border-top: 1px solid var(--line); }
h3 { font-size: 1.05rem; margin: 2rem 0 .75rem; }
p { max-width: 65ch; margin: .5rem 0; }
.verdict { font-size: 1.15rem; font-weight: 600; text-wrap: balance; }
.note, caption, small { color: var(--muted); }
.note { font-size: .9rem; }
.wide { overflow-x: auto; margin: 1.25rem 0; }
.wide:focus-visible, summary:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
caption { text-align: start; padding-bottom: .5rem; font-size: .9rem; }
th, td { padding: .4rem 1rem .4rem 0; border-bottom: 1px solid var(--line); vertical-align: top; text-align: end; }
th { font-weight: 600; }
th[scope=row], thead th:first-child { text-align: start; }
td { white-space: nowrap; }
td.text { white-space: normal; min-width: 8rem; overflow-wrap: anywhere; }
caption span { display: block; max-width: calc(100vw - 3rem); }
th { overflow-wrap: break-word; }
th bdi { display: inline-block; max-width: 14rem; overflow-wrap: break-word; }
@media (max-width: 40rem) { th, td { padding-right: .6rem; } th bdi { max-width: 9rem; } }
.right { color: var(--good); }
.wrong { color: var(--bad); }
.same { color: var(--muted); }
details { margin: .5rem 0; }
summary { cursor: pointer; color: var(--muted); }
.paths { columns: 18rem; font-size: .85rem; }
.photos {
  display: grid; gap: 1.25rem 1rem; padding: 0; margin: 0; list-style: none;
  grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr));
}
figure { margin: 0; }
img, .blank { display: block; border-radius: 6px; background: var(--line); max-width: 100%; }
figcaption { margin-top: .4rem; font-size: .85rem; line-height: 1.4; }
.path { display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
@media print {
  :root { --ground: #fff; --panel: #fff; --text: #000; --muted: #444; --line: #bbb; --good: #1a6b3c; --bad: #a8321f; }
  main { max-width: none; padding: 0; }
  .photos li, table { break-inside: avoid; }
  h2, h3, caption { break-after: avoid; }
}
`;
