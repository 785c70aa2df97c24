/** Styles of the sections of the page. */

export const SECTION_STYLE = `
#headline { padding-top: 2.5rem; }
h1 .figure { font-size: clamp(2.6rem, 9vw, 4.5rem); letter-spacing: -.03em; line-height: 1; white-space: nowrap; margin-right: .1em; }
.interval { width: 100%; max-width: 46rem; height: .75rem; display: block; }
.interval .track { fill: var(--line); }
.interval .range { fill: var(--accent); opacity: .4; }
.interval .point { fill: var(--ink); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(9rem, 100%), 1fr)); gap: .75rem; }
@media (min-width: 50rem) { .tiles:has(> :nth-child(7)) { grid-template-columns: repeat(4, 1fr); } }
.tile { background: var(--raised); border-radius: .6rem; padding: .75rem .9rem; }
.tile dt { color: var(--muted); font-size: .9rem; }
.tile b { display: block; font-size: 1.5rem; line-height: 1.3; font-variant-numeric: tabular-nums; }
.tile small { display: block; color: var(--muted); line-height: 1.35; }

.plots { display: flex; flex-wrap: wrap; gap: 1rem 2rem; }
.plots > * { flex: 0 1 29rem; min-width: 0; }
.plots figcaption { color: var(--muted); }
.plot svg { display: block; width: 100%; height: auto; }

.switch { border: 0; min-width: 0; }
.switch legend { padding: 0; color: var(--muted); font-size: .9rem; }
.switch label { display: inline-flex; gap: .4rem; margin-right: 1rem; align-items: center; min-height: 2rem; }
#confusion .p, #confusion:has([value="share"]:checked) .n { display: none; }
#confusion:has([value="share"]:checked) .p { display: inline; }
.matrix th, .matrix td { padding: 0; border: 0 !important; }
.matrix tbody th { position: sticky; left: 0; z-index: 1; background: var(--ground); padding: 0 .75rem; text-align: right; max-width: min(11rem, 34vw); white-space: nowrap; overflow: hidden; text-overflow: ellipsis; font-weight: 500; }
.matrix thead td { background: none; }
.matrix thead th { background: none; vertical-align: bottom; padding: .5rem 0; font-weight: 500; text-align: center; }
.matrix thead span { display: inline-block; writing-mode: vertical-rl; white-space: nowrap; transform: rotate(180deg); max-height: 9rem; overflow: hidden; text-overflow: ellipsis; }
.matrix td, .matrix tbody th { vertical-align: middle; }
.matrix td { text-align: center; height: 2.4rem; }
.matrix td.none { color: var(--muted); background: var(--raised); min-width: 3.2rem; border: 1px solid var(--ground) !important; }
.matrix td.right, .matrix td.wrong { color: var(--ink); border: 1px solid var(--ground) !important; }
.matrix td.right { background: color-mix(in oklab, var(--cell-right) calc(var(--s) * 85% + 15%), var(--ground)); }
.matrix td.wrong { background: color-mix(in oklab, var(--cell-wrong) calc(var(--s) * 85% + 15%), var(--ground)); }
.matrix button { width: 100%; min-width: 3.2rem; height: 2.4rem; border: 0; border-radius: 0; background: none; padding: 0 .3rem; }
.matrix button:hover { box-shadow: inset 0 0 0 2px var(--accent); }
.matrix button:focus-visible { outline-offset: -3px; outline-color: var(--ink); }
.matrix .sum { color: var(--muted); padding: 0 .75rem; }
.pairs button { white-space: nowrap; padding: .1rem .6rem; }

.panels:empty { display: none; }
.panel { width: clamp(min(22rem, 100vw - 2rem), calc(var(--n) * 9.5rem + 2.5rem), min(62rem, 100vw - 2rem)); max-height: calc(100vh - 4rem); overflow: auto; padding: 1.25rem; color: var(--ink); background: var(--ground); border: 1px solid var(--strong-line); border-radius: .75rem; box-shadow: 0 1rem 3rem rgb(0 0 0 / .3); }
.panel::backdrop { background: rgb(0 0 0 / .45); }
.panel-head { display: flex; gap: 1rem; justify-content: space-between; align-items: start; margin-bottom: .5rem; }
.panel h3 { margin: .2rem 0 0; }


.sort::after { flex: none; }
.sort { display: inline-flex; align-items: baseline; text-align: inherit; white-space: nowrap; }
button.sort { background: none; border: 0; padding: 0; font-weight: inherit; }
button.sort:hover { color: var(--accent); }
.sort::after { content: ""; display: inline-block; width: .5em; height: .5em; margin-left: .45em; opacity: 0; background: currentColor; clip-path: polygon(0 100%, 50% 0, 100% 100%); }
.js .sort::after { opacity: .25; }
[aria-sort="ascending"] .sort::after, [aria-sort="descending"] .sort::after { opacity: 1; }
[aria-sort="descending"] .sort::after { transform: rotate(180deg); }
.filter { display: flex; flex-wrap: wrap; gap: .5rem .75rem; align-items: center; }
.filter output { color: var(--muted); }
#class-table th, #class-table td { padding-inline: .55rem; }
.bar small { display: block; color: var(--muted); font-size: .75rem; }
.bar { min-width: 5rem; background: linear-gradient(var(--wash), var(--wash)) no-repeat left / calc(var(--v) * 100%) 100%; }

.evidences { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(18.5rem, 100%), 1fr)); gap: 1.5rem 1rem; }
.views { display: grid; grid-template-columns: repeat(3, minmax(0, 7rem)); gap: .5rem; margin-bottom: .4rem; }
.views .thumb { width: 100%; }
.views figure { min-width: 0; }
.views figcaption { color: var(--muted); font-size: .8rem; line-height: 1.3; margin-top: .2rem; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.evidence { min-width: 0; font-size: .95rem; }
.scale { display: inline-flex; gap: .5rem; align-items: center; white-space: nowrap; }
.ramp { width: 7rem; height: .6rem; border-radius: .2rem; background: linear-gradient(to right, RAMP); }

.findings { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(17rem, 100%), 1fr)); gap: 1.25rem 1.5rem; }
.finding { min-width: 0; }
.finding > p:first-child::first-letter { text-transform: uppercase; }
.pair { display: flex; flex-wrap: wrap; gap: .75rem; margin-top: .4rem; }
.pair .photo { flex: 1 1 7rem; }
.pair .photo:only-child { display: grid; grid-template: auto 1fr / auto minmax(0, 1fr); column-gap: .75rem; }
.pair .photo:only-child .thumb { grid-row: span 2; margin: 0; }
.badge { background: var(--wash); border-radius: .3rem; padding: .05rem .4rem; font-size: .85rem; font-weight: 600; white-space: nowrap; }

.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(28rem, 100%), 1fr)); gap: 1.25rem; align-items: start; }
.columns > div { display: grid; gap: 1.25rem; min-width: 0; grid-template-columns: minmax(0, 1fr); }
.columns .scroll { width: 100%; }
`;
