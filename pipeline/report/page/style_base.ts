/**
 * Style of all pages: colours, type, the frame, tables and photos. The sections of the
 * page of a run have styles of their own in `style_sections.ts`, those of a comparison
 * in `compare_page/style.ts`.
 *
 * Text has a contrast of at least 4.5 with its background, in light and dark.
 */

export const BASE_STYLE = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#ffffff, #14181d);
  --raised: light-dark(#f5f6f8, #1c2128);
  --ink: light-dark(#1b232d, #e4e8ee);
  --muted: light-dark(#56616f, #a3aebb);
  --line: light-dark(#e2e6eb, #2d343e);
  --strong-line: light-dark(#a8b1bc, #5a6573);
  --accent: light-dark(#0a5fb4, #7db8f5);
  --blue: light-dark(#0072b2, #56b4e9);
  --orange: light-dark(#c04d00, #f0a060);
  --cell-right: light-dark(#7db4dc, #246a99);
  --cell-wrong: light-dark(#e8a178, #96501a);
  --wash: light-dark(#e8f0f9, #1b2c3f);
  --gap: clamp(1rem, 3vw, 2rem);
  font: 100%/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
  scroll-padding-top: 4rem;
}
:root[data-theme="light"] { color-scheme: light; }
:root[data-theme="dark"] { color-scheme: dark; }
*, ::before, ::after { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); overflow-wrap: break-word; }
bdi { overflow-wrap: anywhere; }
th bdi { overflow-wrap: break-word; }
html:not(.js) .needs-script { display: none; }
.skip { position: absolute; left: -100vw; }
.skip:focus { left: .5rem; top: .5rem; z-index: 2; padding: .5rem 1rem; background: var(--ground); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
a { color: var(--accent); }
h1, h2, h3, p, ul, dl, dd, figure, fieldset { margin: 0; padding: 0; }
h1, h2, h3 { line-height: 1.2; text-wrap: balance; font-weight: 650; }
h1 { font-size: clamp(1.4rem, 3.5vw, 2rem); letter-spacing: -.015em; }
h1 small { display: block; font-size: 1rem; font-weight: 400; letter-spacing: 0; color: var(--muted); margin-bottom: .4rem; }
h2 { font-size: 1.5rem; letter-spacing: -.01em; }
h3 { font-size: 1.1rem; margin-top: 1rem; }
h3 small { color: var(--muted); font-weight: 400; }
p { max-width: 46rem; text-wrap: pretty; }
ul { list-style: none; }
code { font: .9em/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
small { font-size: .85rem; }

.top { position: sticky; top: 0; z-index: 1; background: var(--ground); border-bottom: 1px solid var(--line); }
.top > div { display: flex; align-items: center; gap: 1rem; max-width: 72rem; margin: auto; padding: .5rem var(--gap); }
.top nav { flex: 1; min-width: 0; overflow-x: auto; scrollbar-width: thin; }
.top ul { display: flex; gap: .25rem; margin-left: -.6rem; }
.top nav a { display: block; padding: .35rem .6rem; border-radius: .4rem; color: var(--muted); text-decoration: none; white-space: nowrap; }
.top nav a:hover { background: var(--raised); color: var(--ink); }
.top nav a:focus-visible { outline-offset: -3px; }
@media (max-width: 50rem) {
  .top { position: static; }
  .top ul { flex-wrap: wrap; gap: 0 .25rem; }
  :root { scroll-padding-top: 0; }
}
#theme { flex: none; min-width: 5.5rem; }
#theme::before { content: "Dark: off"; }
#theme[aria-pressed="true"]::before { content: "Dark: on"; }

main { max-width: 72rem; margin: auto; padding: 0 var(--gap) 3rem; }
section { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1rem; padding: 2.25rem 0; border-top: 1px solid var(--line); }
section:first-child { border: 0; }
footer { max-width: 72rem; margin: auto; padding: 1.5rem var(--gap) 3rem; color: var(--muted); border-top: 1px solid var(--line); }

button { font: inherit; color: inherit; background: var(--raised); border: 1px solid var(--strong-line); border-radius: .4rem; padding: .3rem .7rem; cursor: pointer; }
button:hover { border-color: var(--accent); }
input[type="search"] { font: inherit; color: inherit; background: var(--ground); border: 1px solid var(--strong-line); border-radius: .4rem; padding: .35rem .6rem; width: 14rem; max-width: 100%; }
input[type="radio"] { accent-color: var(--accent); margin: 0; width: 1.05rem; height: 1.05rem; }
summary { cursor: pointer; width: fit-content; color: var(--accent); padding: .2rem 0; }
details > .scroll { margin-top: .5rem; }

.scroll { overflow-x: auto; max-width: 100%; width: fit-content; border: 1px solid var(--line); border-radius: .5rem; }
/* The side on which there is more fades out; nothing fades where all fits, as the timeline is then inactive. */
@property --left { syntax: "<length>"; inherits: false; initial-value: 0px; }
@property --right { syntax: "<length>"; inherits: false; initial-value: 0px; }
@keyframes more { from { --right: 3rem; } 10% { --left: 2rem; --right: 3rem; } 90% { --left: 2rem; --right: 3rem; } to { --left: 2rem; --right: 0px; } }
@supports (animation-timeline: scroll()) {
  .scroll:not(:focus-visible) { animation: more linear both; animation-timeline: scroll(self x); mask-image: linear-gradient(to right, transparent, #000 var(--left), #000 calc(100% - var(--right)), transparent); }
}
.scroll.tall { overflow-y: auto; max-height: min(42rem, 80vh); }
table { border-collapse: separate; border-spacing: 0; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--muted); font-size: .9rem; padding: .6rem .75rem; border-bottom: 1px solid var(--line); max-width: calc(100vw - 2 * var(--gap) - 2px); }
th, td { padding: .4rem .75rem; text-align: left; vertical-align: baseline; }
th { font-weight: 600; }
thead th, thead td { vertical-align: bottom; background: var(--raised); border-bottom: 1px solid var(--line); }
tbody tr:not(:first-child) > * { border-top: 1px solid var(--line); }
.scroll.tall thead th { position: sticky; top: 0; z-index: 1; }
.numbers tbody th { white-space: nowrap; }
.who { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; overflow: hidden; width: max-content; max-width: min(16rem, 45vw); white-space: normal; }
.numbers td, .numbers thead th:not(:first-child), .number { text-align: right; }
.numbers td, .number { white-space: nowrap; }
.facts { width: 100%; }
.facts tbody th { font-weight: 500; }
.facts code { overflow-wrap: anywhere; }
.chosen > th { font-weight: 650; }
.chosen > * { background: var(--wash); }

.lead { font-size: 1.05rem; }
.beside { display: flex; flex-wrap: wrap; gap: 1.5rem 2.5rem; align-items: start; }
.beside > * { min-width: 0; max-width: 100%; display: grid; grid-template-columns: minmax(0, 1fr); gap: .75rem; }
.beside h3 { margin: 0; }
.photos { display: grid; grid-template-columns: repeat(auto-fill, minmax(8rem, 1fr)); gap: 1.1rem .9rem; margin-top: .75rem; }
.photo { min-width: 0; font-size: .9rem; line-height: 1.4; }
.photo p { overflow-wrap: anywhere; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; overflow: hidden; }
.thumb { display: block; border-radius: .35rem; overflow: hidden; background: var(--raised); max-width: 100%; height: auto; }
.photo .thumb { margin-bottom: .35rem; }
.store { position: absolute; }

.legend { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; align-items: baseline; color: var(--muted); font-size: .9rem; }
.key { white-space: nowrap; }
.key::before { content: ""; display: inline-block; width: .9em; height: .9em; margin-right: .4em; border-radius: .2em; vertical-align: -.08em; background: var(--own); }
.key.train, .key.right { --own: var(--blue); }
.key.validation, .key.wrong { --own: var(--orange); }
.right { color: var(--blue); }
.wrong { color: var(--orange); }
.key.right, .key.wrong { color: inherit; }
.note { color: var(--muted); }
.path { color: var(--muted); font-size: .8rem; line-height: 1.35; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; overflow: hidden; overflow-wrap: anywhere; }
`;

/** Paper: no colours of the night, nothing to press, and what was folded up opened. */
export const PRINT_STYLE = `
@media (prefers-reduced-motion: no-preference) {
  html { scroll-behavior: smooth; }
}
@media (hover: none) {
  .of-keys { display: none; }
}
@media print {
  :root, :root[data-theme] { color-scheme: only light; font-size: 9.5pt; }
  .top, .skip, .filter, .switch, .close, .needs-script, .on-screen, summary { display: none !important; }
  main, footer { max-width: none; padding: 0; }
  section { padding: 1rem 0; gap: .6rem; break-inside: auto; }
  h2, h3, caption { break-after: avoid; }
  tr, figure, .photo, .evidence, .finding, .tile, .plot { break-inside: avoid; }
  .scroll, .scroll.tall { overflow: visible; max-height: none; border: 0; mask: none !important; animation: none !important; }
  .scroll.tall thead th { position: static; }
  .sort::after { display: none; }
  .plots > * { flex-basis: 27rem; }
  .matrix { font-size: 7pt; }
  td, th { padding: .15rem .4rem; }
  caption { padding-inline: .4rem; }
  .sort { white-space: normal; }
  .matrix td.none, .matrix button { min-width: 2.2rem; padding: 0 .2rem; }
  .pairs button { border: 0; padding: 0; background: none; }
  .panel.of-wrong:not(:popover-open), .panel:popover-open { display: block; position: static; inset: auto; width: calc(max(var(--n), 2) * 7.5rem); max-width: 100%; max-height: none; overflow: visible; margin: 0; border: 0; border-radius: 0; box-shadow: none; padding: 0; }
  .panels { display: flex; flex-wrap: wrap; gap: 1rem 1.5rem; }
  .photos { grid-template-columns: repeat(auto-fill, minmax(6.5rem, 1fr)); gap: .75rem; margin-top: .25rem; }
  .panel::backdrop { display: none; }
  .matrix td, .bar, .scale .ramp, .key::before { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
